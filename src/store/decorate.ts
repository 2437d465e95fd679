import type { Store } from "./port.ts";

/**
 * The store with some of its methods replaced. The methods may call the store, which stays as it is. All other methods
 * are delegated: a copy by `{ ...store }` would lose those of a class.
 */
export function decorate(store: Store, methods: (store: Store) => Partial<Store>): Store {
  return {
    get: (key) => store.get(key),
    head: (key) => store.head(key),
    put: (key, body, options) => store.put(key, body, options),
    delete: (key, condition) => store.delete(key, condition),
    list: (prefix, after) => store.list(prefix, after),
    etagOf: (body) => store.etagOf(body),
    ...methods(store),
  };
}

import { CONDITION_FACTS } from "../contract/facts/conditions.ts";
import type { Fact, World } from "../contract/facts/fact.ts";
import { KEY_FACTS } from "../contract/facts/keys.ts";
import { OBJECT_FACTS } from "../contract/facts/objects.ts";
import { S3_FACTS, type S3World } from "./s3-facts.ts";

/** A fact of the contract suite, or one that only an S3 has. */
export type ServerFact = Omit<Fact, "check"> & { check(world: S3World & World): Promise<void> };

/** What a wire needs of an S3 server: all that it needs of any store, and what it asks of S3 alone. */
export const SERVER_FACTS: ServerFact[] = [...OBJECT_FACTS, ...CONDITION_FACTS, ...KEY_FACTS, ...S3_FACTS];

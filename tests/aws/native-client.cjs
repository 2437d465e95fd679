/* Stands in for the native part of aws-lambda-ric, which is built on installing: the same three calls, over HTTP. */
const Module = require("node:module");

const base = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
let posted = Promise.resolve();

const post = (id, kind, body) => {
  posted = posted.then(() => fetch(`${base}/${id}/${kind}`, { method: "POST", body }));
};

const client = {
  async next() {
    await posted;
    const response = await fetch(`${base}/next`);
    return { bodyJson: await response.text(), headers: Object.fromEntries(response.headers) };
  },
  done: (id, body) => post(id, "response", body),
  error: (id, body) => post(id, "error", body),
};

const resolve = Module._resolveFilename;
Module._resolveFilename = (request, ...rest) =>
  request === "./rapid-client.node" ? "rapid-client" : resolve(request, ...rest);
const load = Module._load;
Module._load = (request, ...rest) => (request === "./rapid-client.node" ? client : load(request, ...rest));

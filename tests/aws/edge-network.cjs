/*
 * Plays the network between a function and https://wire.test, where EDGE_PORT names the port of the edge of the checks: the
 * resolver answers an address of CloudFront, and what connects to that name at that address reaches the edge. The name and
 * the certificate are checked as they are anywhere.
 */
const dns = require("node:dns/promises");
const { Socket } = require("node:net");
const { syncBuiltinESMExports } = require("node:module");

const NAME = "wire.test";
/** Of https://ip-ranges.amazonaws.com/ip-ranges.json: the wire asks at no address that is not public. */
const ADDRESS = "13.224.0.1";
const { EDGE_PORT } = process.env;

if (EDGE_PORT !== undefined) {
  const { lookup } = dns;
  const { connect } = Socket.prototype;
  dns.lookup = async (name, options) =>
    name === NAME ? [{ address: ADDRESS, family: 4 }] : lookup(name, options);
  Socket.prototype.connect = function connectAtEdge(...args) {
    const [options] = [args[0]].flat();
    if (options?.host !== NAME || addressOf(options) !== ADDRESS) return connect.apply(this, args);
    const there = { ...options, host: "127.0.0.1", port: Number(EDGE_PORT), lookup: undefined };
    return connect.call(this, there, ...args.slice(1));
  };
  syncBuiltinESMExports();
}

/** The address that a socket was given with its name, if it was given one. */
function addressOf({ lookup }) {
  let found;
  lookup?.(NAME, {}, (_error, address) => {
    found = address;
  });
  return found;
}

export { type Random, seededRandom } from "../../src/fake/random.ts";

import { expect, test } from "vitest";
import { noRush, noTelling } from "../../src/publish/press.ts";
import { watchNotes } from "../../src/publish/watch-notes.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { headTurn, takeTurn } from "../../src/repository/handover.ts";
import { memoryWire } from "../support/wire.ts";

/** Looks until this one, and ends in the pause behind it. */
async function watch(turn: Parameters<typeof watchNotes>[1], looks: number, wire = memoryWire()) {
  const { services } = wire;
  const { renderer, states, rush } = {
    renderer: createRenderer(services.site),
    states: new Map(),
    rush: noRush(),
  };
  await new Promise<void>((resolve) => {
    let left = looks;
    const sleep = async () => {
      if (--left > 0) return;
      watched.end();
      resolve();
    };
    const watched = watchNotes(
      { ...services, renderer, states, rush, told: noTelling(), loads: {}, sleep },
      turn,
    );
  });
  // Until what follows that pause is done.
  await new Promise(setImmediate);
}

test("when a serving ends at the look after which the turn would be renewed, the turn is renewed in the servings that follow", async () => {
  const wire = memoryWire();
  const etag = (await takeTurn(wire.services, "token")) as string;
  const taken = await headTurn(wire.services);
  const turn = { token: "token", tried: new Set<string>(), watches: 0, beat: 0, etag };
  await watch(turn, 5, wire);
  expect(await headTurn(wire.services)).toEqual(taken);
  await watch(turn, 6, wire);
  expect((await headTurn(wire.services))?.etag).not.toBe(taken?.etag);
});

import { mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadSiteFile } from "../../src/config/site-file.ts";
import { seatGuest, seatServer } from "../../src/local/membership.ts";

test("when the system refuses a server's lock for a moment, the server has its seat again as soon as it can, and leaves it", async () => {
  const data = mkdtempSync(join(tmpdir(), "flashwire-seats-"));
  try {
    const siteFile = await loadSiteFile(undefined);
    const seat = await seatServer(data, siteFile, "http://localhost:8787");
    const members = join(data, "members.lock");
    renameSync(members, join(data, "aside"));
    mkdirSync(members);
    await expect(seat.whereAlone(() => {})).rejects.toThrow(members);
    rmdirSync(members);
    renameSync(join(data, "aside"), members);
    let isAlone = false;
    await seat.whereAlone(() => {
      isAlone = true;
    });
    expect(isAlone).toBe(true);
    const guest = await seatGuest(data, siteFile, { wanted: undefined, otherwise: "http://localhost" });
    expect(guest.isAlone).toBe(false);
    guest.leave();
    seat.leave();
  } finally {
    rmSync(data, { recursive: true });
  }
});

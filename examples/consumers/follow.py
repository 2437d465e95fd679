"""Keeps a copy of all stories of a Flashwire wire in a SQLite file, and misses nothing. Needs Python 3 and nothing else.

    python3 follow.py https://wire.example.org copy.db [--once] [--every SECONDS]

The rules are those of docs/consumers.md ("Miss nothing: the change log"), with their numbers:

1. The cursor is saved last.
2. The open page is read with its ETag, and what comes after the cursor is read from the closed pages first.
3. Kills first, from all pages that are new, before any story is fetched.
4. Nothing goes back: `order` is text, and a copy is replaced by what is not older than it.
5. A story that is older than its change comes from a cache: ask again, and do not move the cursor past it.
6. A new epoch begins with a snapshot: what the snapshot does not name is dropped.
7. What fails is tried again, with growing pauses.

One process follows for one copy, which `copy.db.lock` sees to. Others may read the copy at all times.

The table `stories` has a row for each story: its state (published, withdrawn, purged), and its document as the wire shows it.
"""

import argparse
import base64
import concurrent.futures
import gzip
import hashlib
import json
import sqlite3
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

PAGE = 256  # changes on a closed page; a part of the form of the log
POLL_S = 2.0  # caches keep the open page for a second
STALE_S = 5  # caches keep stories for 5 seconds
DIGEST_S = 6
PATIENCE_S = 60  # with --once: give up when nothing has come for so long
MAX_BYTES = 32 * 1024 * 1024  # the largest document that is read
BATCH = 100  # stories in one transaction
AT_ONCE = 8  # stories that are asked for at once
HELD_PAGES = 100  # pages that are kept between looking for kills and fetching stories, some 50 MB; others are read twice
AHEAD_LOOKS = 5  # looks in a row at a log that ends before the cursor, before that is told
MAX_PAUSE_S = 60  # between two tries where the wire does not answer

TABLES = """
CREATE TABLE IF NOT EXISTS stories (id TEXT PRIMARY KEY, name TEXT, "order" TEXT, state TEXT, digest TEXT, document TEXT);
CREATE INDEX IF NOT EXISTS names ON stories (name);
CREATE TABLE IF NOT EXISTS cursor (one INTEGER PRIMARY KEY CHECK (one = 1), wire TEXT, epoch TEXT, seq INTEGER);
"""


class NotYet(Exception):
    """The wire does not have it now: ask again, not before so many seconds."""

    after = 0


def get(url, etag=None):
    """Answers bytes and ETag, or None where the copy with that ETag is the newest. Raises NotYet."""
    headers = {"Accept-Encoding": "gzip", **({"If-None-Match": etag} if etag else {})}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as response:
            unpack = gzip.open(response) if response.headers.get("Content-Encoding") == "gzip" else response
            body = unpack.read(MAX_BYTES + 1)
            if len(body) > MAX_BYTES:
                raise NotYet(f"{url} has more than {MAX_BYTES} bytes")
            return body, response.headers.get("ETag")
    except urllib.error.HTTPError as error:
        if error.code == 304:
            return None
        late = NotYet(f"{url} answers {error.code}")
        after = error.headers.get("Retry-After") or ""
        late.after = min(int(after), MAX_PAUSE_S) if after.isdigit() else 0
        raise late from error
    except (OSError, EOFError) as error:
        raise NotYet(f"{url} cannot be read: {error}") from error


def parse(url, body):
    try:
        return json.loads(body)
    except ValueError as error:
        raise NotYet(f"{url} is no JSON") from error


def state_of(named):
    """The state in which a change leaves its story, or in which a snapshot found it."""
    word = named.get("status") or named["kind"]
    return word if word in ("removed", "withdrawn", "purged") else "published"


def lock(path, copy):
    """One follower for one copy: a database that holds nothing is locked as long as this process lives, however it ends."""
    try:
        held = sqlite3.connect(path, isolation_level=None, timeout=0)
        held.execute("BEGIN EXCLUSIVE")
        return held
    except sqlite3.Error as error:
        is_held = "locked" in str(error)
        sys.exit(f"Another process follows a wire into {copy}." if is_held else f"{path} cannot be opened: {error}.")


class Follower:
    def __init__(self, wire, path):
        self.wire = wire.rstrip("/") + "/"
        self.lock = lock(path + ".lock", path)
        try:
            self.db = sqlite3.connect(path, isolation_level=None)
            # Others read the copy while it is written: https://sqlite.org/wal.html
            self.db.executescript("PRAGMA journal_mode = WAL;" + TABLES)
        except sqlite3.Error as error:
            sys.exit(f"{path} cannot be opened: {error}.")
        row = self.db.execute("SELECT wire, epoch, seq FROM cursor").fetchone() or (self.wire, "", 0)
        if row[0] != self.wire:
            sys.exit(f"{path} follows {row[0]}.")
        self.epoch, self.seq = row[1:]
        self.open = self.etag = self.ahead = None
        self.old_looks = 0
        self.never_had = set()  # killed stories that the copy never had, as long as it is behind
        self.due = {}  # id -> when to ask again for a story that did not come
        self.seen = {}  # id -> the digest that a story had instead of that of its change
        self.moved = time.monotonic()

    def copy(self, id):
        return self.db.execute('SELECT "order", state, digest FROM stories WHERE id = ?', (id,)).fetchone()

    def put(self, id, order, state, digest=None, document=None):
        row = (id, id + ".json", order, state, digest, document)
        self.db.execute("INSERT OR REPLACE INTO stories VALUES (?, ?, ?, ?, ?, ?)", row)

    def save(self, epoch, seq):
        self.db.execute("INSERT OR REPLACE INTO cursor VALUES (1, ?, ?, ?)", (self.wire, epoch, seq))
        if (epoch, seq) != (self.epoch, self.seq):
            self.epoch, self.seq, self.moved = epoch, seq, time.monotonic()

    def take_down(self, id, order, state):
        """Not where the copy is newer: then the story came back."""
        copy = self.copy(id)
        if copy and (copy[0] > order or (copy[0] == order and copy[1] == state)):
            return
        if state == "removed":
            self.db.execute("DELETE FROM stories WHERE id = ?", (id,))
        else:
            if copy is None:
                self.never_had.add(id)
            elif id not in self.never_had:
                print(f"{id} is {state}", flush=True)
            self.put(id, order, state)

    def take_all_down(self, named):
        """Rule 3: takes down what these changes, or items of a snapshot, name as withdrawn or removed."""
        self.db.execute("BEGIN")
        for one in named:
            if "after" in one:
                state = "purged" if one["after"].get("purged") else "withdrawn"
                self.take_down(one["id"], one["after"]["order"], state)
            if state_of(one) != "published":
                self.take_down(one["id"], one["order"], state_of(one))
        self.db.execute("COMMIT")

    def drop_others(self, items, after, is_last):
        """Rule 6: drops what these items do not name, between `after` and their last one, or behind `after` where they are the last."""
        names = {one["id"] + ".json" for one in items}
        rows = self.db.execute("SELECT name FROM stories WHERE name > ? ORDER BY name", (after,)).fetchall()
        end = max(names, default=after)
        for (name,) in rows:
            if name not in names and (is_last or name <= end):
                self.db.execute("DELETE FROM stories WHERE name = ?", (name,))
        return end

    def fetch(self, named):
        """A story that is not older than what names it: its order, state, digest and document. Raises NotYet."""
        url = urllib.parse.urljoin(self.wire, named["href"])
        body, _ = get(url)
        try:
            story = parse(url, body)["_flashwire"]["story"]
            order, state = story["order"], story["status"]
        except (KeyError, TypeError) as error:
            raise NotYet(f"{url} is no story") from error
        if order < named["order"]:
            raise NotYet(f"{url} is older than its change")  # rule 5
        digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
        # The wire may have rendered the version again: believe what is read twice.
        if order == named["order"] and digest not in (named["digest"], self.seen.get(named["id"])):
            self.seen[named["id"]] = digest
            self.due[named["id"]] = time.monotonic() + DIGEST_S
            raise NotYet(f"{url} has another digest than its change")
        return order, state, digest, body.decode()

    def try_fetch(self, named):
        try:
            return self.fetch(named)
        except NotYet as error:
            self.due.setdefault(named["id"], time.monotonic() + max(STALE_S, error.after))
            return error

    def is_here(self, named):
        """Answers whether there is nothing to fetch, as for a story that no feed has any more: it was taken down."""
        order, _, digest = self.copy(named["id"]) or ("", None, None)
        is_same = (order, digest) == (named["order"], named["digest"])
        return state_of(named) == "removed" or order > named["order"] or is_same

    def bring(self, all_named, pool):
        """Fetches the stories that the copy lacks. Answers the sequence number of the first that did not come, or None."""
        newest = {named["id"]: named for named in all_named}
        lacking = [named for named in newest.values() if not self.is_here(named)]
        late = []
        for at in range(0, len(lacking), BATCH):
            now = time.monotonic()
            batch = [one for one in lacking[at : at + BATCH] if self.due.get(one["id"], 0) <= now]
            late += [one for one in lacking[at : at + BATCH] if one not in batch]
            for one in batch:
                self.due.pop(one["id"], None)
            self.db.execute("BEGIN")
            for named, story in zip(batch, pool.map(self.try_fetch, batch)):
                if isinstance(story, NotYet):
                    print(story, file=sys.stderr, flush=True)
                    late.append(named)
                else:
                    self.keep(named["id"], *story)
            self.db.execute("COMMIT")
        return min((one.get("seq", 0) for one in late), default=None)

    def keep(self, id, order, state, digest, document):
        self.seen.pop(id, None)
        self.moved = time.monotonic()
        if state in ("published", "withdrawn", "purged"):
            copy = self.copy(id)
            if state == "published" and copy and copy[1] != "published" and id not in self.never_had:
                print(f"{id} is back", flush=True)
            if state == "published":
                self.never_had.discard(id)
            self.put(id, order, state, digest, document)
        else:
            self.take_down(id, order, "removed")

    def page(self, epoch, number, closed):
        """A closed page of the log, from 0. `closed`: those that were read in this round."""
        if number not in closed:
            url = f"{self.wire}changes/{epoch}/{number}.json"
            page = parse(url, get(url)[0])
            if page["epoch"] != epoch or page["first"] != number * PAGE + 1 or len(page["changes"]) != PAGE:
                raise NotYet(f"{url} is another page")
            if len(closed) == HELD_PAGES:
                return page["changes"]
            closed[number] = page["changes"]
        return closed[number]

    def log(self, open_page, seq, closed):
        """The changes behind a sequence number, a page at a time."""
        epoch, first = open_page["epoch"], open_page["first"]
        while seq + 1 < first:
            changes = self.page(epoch, seq // PAGE, closed)[seq % PAGE :]
            yield changes
            seq += len(changes)
        yield open_page["changes"][seq + 1 - first :]

    def snapshot(self, open_page):
        for k in range(open_page["snapshot"]["pages"]):
            url = f"{self.wire}snapshots/{open_page['epoch']}/{k}.json"
            yield parse(url, get(url)[0])["stories"]

    def read_open(self):
        """The open page, or the one that is known where the wire has no newer one. A cache may answer with an older one."""
        url = self.wire + "changes/open.json"
        answer = get(url, self.etag)
        if answer is None:
            return self.open
        page = parse(url, answer[0])
        if "changes" not in page:
            raise NotYet(f"{url} is no page of the log")  # where a log begins there is none for a moment
        last = page["first"] + len(page["changes"]) - 1
        self.note_ahead(page["epoch"], last)
        if self.ahead is None:
            self.open, self.etag = page, answer[1]
        return self.open

    def note_ahead(self, epoch, last):
        """A log that ends before the cursor: a cache is old for a few looks, or it stays so, and then somebody has to know."""
        if (epoch, last) >= (self.epoch, self.seq):
            self.ahead, self.old_looks = None, 0
            return
        self.old_looks += 1
        self.ahead = (
            f"The log of the wire ends at {last} of the epoch {epoch}, before the cursor, which is at {self.seq} of the epoch "
            f"{self.epoch}: a cache is old, or the wire was restored from a backup. If it stays so, begin with another file."
        )
        if self.old_looks == AHEAD_LOOKS:
            print(self.ahead, file=sys.stderr, flush=True)

    def round(self, pool):
        """One look at the log: kills, the snapshot of a new epoch, stories. Answers whether the copy has all that the wire has."""
        open_page = self.read_open()
        if open_page is None:
            return False
        epoch, snapshot = open_page["epoch"], open_page["snapshot"]
        is_new, closed = epoch != self.epoch, {}
        start = self.seq if not is_new else snapshot["seq"] if snapshot else 0
        if is_new and snapshot:
            self.drop_all_others(open_page)
        for changes in self.log(open_page, start, closed):
            self.take_all_down(changes)
        if is_new:
            # Without a snapshot, because it is being made: kills do not wait for it, and stories do.
            if not snapshot or not self.bring_snapshot(open_page, pool):
                return False
            self.save(epoch, start)
        return self.bring_log(open_page, start, closed, pool)

    def drop_all_others(self, open_page):
        """Takes down what the snapshot names as killed, and what it does not name."""
        after, pages = "", open_page["snapshot"]["pages"]
        for k, items in enumerate(self.snapshot(open_page)):
            self.take_all_down(items)
            after = self.drop_others(items, after, k + 1 == pages)
        if pages == 0:
            self.drop_others([], "", True)

    def bring_snapshot(self, open_page, pool):
        """Answers whether all stories of the snapshot came. It tries every page, also behind a story that did not come."""
        late = [self.bring(items, pool) for items in self.snapshot(open_page)]
        return all(first is None for first in late)

    def bring_log(self, open_page, start, closed, pool):
        """Answers whether all stories came. The cursor moves up to the first that did not."""
        is_whole = True
        for changes in self.log(open_page, start, closed):
            late = self.bring(changes, pool)
            if is_whole and changes:
                self.save(open_page["epoch"], changes[-1]["seq"] if late is None else late - 1)
            is_whole = is_whole and late is None
        return is_whole

    def follow(self, once, every):
        failures = 0
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            while True:
                pause = every
                try:
                    is_whole = self.round(pool)
                    if is_whole and self.never_had:
                        print(f"killed stories that were never in the copy: {len(self.never_had)}", flush=True)
                        self.never_had.clear()
                    if is_whole and once:
                        return
                    failures = 0
                except (NotYet, KeyError, TypeError) as error:
                    print(repr(error), file=sys.stderr, flush=True)
                    pause = max(getattr(error, "after", 0), min(every * 2**failures, MAX_PAUSE_S))
                    failures = min(failures + 1, 10)
                if once and time.monotonic() - self.moved > PATIENCE_S:
                    sys.exit(self.ahead or f"Nothing has come from {self.wire} for {PATIENCE_S} s.")
                time.sleep(pause)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("wire", help="the address of the wire")
    parser.add_argument("copy", help="the SQLite file")
    parser.add_argument("--once", action="store_true", help="end when the copy is up to date")
    parser.add_argument("--every", type=float, default=POLL_S, help="seconds between two looks for changes")
    given = parser.parse_args()
    Follower(given.wire, given.copy).follow(given.once, given.every)

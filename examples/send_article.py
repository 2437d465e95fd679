"""Sends article records to a Flashwire wire. Needs Python 3 and nothing else.

    WIRE=http://127.0.0.1:8787 TOKEN=... python3 send_article.py FILE...

Each file holds one record as JSON (see docs/article.md). Exits with 1 when the wire refuses a record.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

# The wire cannot take the record now; sending it again does no harm.
PASSING = {429, 500, 502, 503, 504}
TRIES = 5


def send(wire, token, record):
    """Answers what the wire says about the record. Raises urllib.error.HTTPError when the wire refuses it."""
    request = urllib.request.Request(
        f"{wire}/articles/{urllib.parse.quote(record['id'], safe='')}?wait=published",
        data=json.dumps(record).encode("utf-8"),
        method="PUT",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    for attempt in range(1, TRIES + 1):
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            if error.code not in PASSING or attempt == TRIES:
                raise
            pause = error.headers.get("Retry-After") or ""
            time.sleep(int(pause) if pause.isdigit() else 2**attempt)
        except (urllib.error.URLError, TimeoutError):
            if attempt == TRIES:
                raise
            time.sleep(2**attempt)


def problem_lines(error):
    """What the problem document (RFC 9457) of a refusal says: one line for each wrong field."""
    try:
        problem = json.load(error)
    except ValueError:
        return [f"{error.code} {error.reason}"]
    wrong = [f"{one['pointer']} {one['detail']}" for one in problem.get("errors", [])]
    return wrong or [problem.get("detail") or problem.get("title") or str(error.code)]


def main(files):
    wire, token = os.environ["WIRE"].rstrip("/"), os.environ["TOKEN"]
    refused = False
    for file in files:
        with open(file, encoding="utf-8") as stream:
            record = json.load(stream)
        try:
            answer = send(wire, token, record)
            print(f"{answer['id']} {answer['result']}: {', '.join(answer['feeds'])}")
        except urllib.error.HTTPError as error:
            refused = True
            for line in problem_lines(error):
                print(f"{file}: {line}", file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

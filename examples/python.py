"""Declares a group with one member and waits until Graph has confirmed it."""

import json
import os
import time
import urllib.request

GROUP = os.environ["ADAPTER"] + "/api/connections/contosohr/groups/lateshift"


def call(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"x-functions-key": os.environ["KEY"], "content-type": "application/json"}
    # Raises HTTPError with the problem details as its body.
    with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method)) as answer:
        return json.load(answer)


call("PUT", GROUP, {"displayName": "Late shift"})
record = call(
    "PUT",
    GROUP + "/members",
    {"members": [{"type": "user", "id": "6f8d1c1e-52a4-4a0a-9d65-0b7a5c4f0a11"}]},
)
while record["state"] == "applying":
    time.sleep(2)
    record = call("GET", GROUP)
print(record["state"])

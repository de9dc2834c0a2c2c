// Batches: the newest one is listed, which costs nothing and needs the key. (platform.openai.com/docs/api-reference/batch)

import { at, failed, isList, noUsage, parse, passed, unexpected } from "../reading.ts";
import type { Operation } from "./operation.ts";

export const batch: Operation = {
  path: "/batches?limit=1",
  body: () => null,
  read(target, response) {
    const body = parse(response);
    if (at(body, "error")) return failed(target.provider, response);
    // Mistral's list has a number of entries, and no entries where that is none.
    const found = isList(at(body, "data")) || at(body, "total") !== undefined;
    return found || response.truncated ? passed(noUsage) : unexpected(response, "no list");
  },
};

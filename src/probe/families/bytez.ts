// Bytez: the model is in the address, and the limit has a name of its own. (docs.bytez.com)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { get, post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import { withExtras } from "../extras.ts";
import type { Family } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { placeAt } from "../place.ts";
import { at, failed, noUsage, parse, passed, readModel, unexpected } from "../reading.ts";

export const bytez: Family = {
  paid: {
    chat: {
      request: (target) => post(placeAt(target, "/{model}"), headersOf(target), bodyOf(target)),
      read: readWith(readOutput),
    },
  },
  // Nothing is known to be free; it is never chosen while the provider's row says so.
  free: {
    request: (target) => get(placeAt(target, "/{model}"), headersOf(target)),
    read: readModel,
  },
  adapt: adaptTarget,
};

function bodyOf(target: ProbeTarget): object {
  const messages = [{ role: "user", content: target.prompt }];
  const limit = target.maxTokens === null ? {} : { params: { max_new_tokens: target.maxTokens } };
  return withExtras({ messages, stream: false, ...limit }, target);
}

function readOutput(target: ProbeTarget, response: HttpResponse): Judgement {
  const body = parse(response);
  if (at(body, "error")) return failed(target.provider, response);
  return at(body, "output") === undefined || at(body, "output") === null
    ? unexpected(response, "no output")
    : passed(noUsage);
}

// The model that an answer names as the one that served it, as it is written there.

import type { Judgement } from "./outcome.ts";
import type { Json } from "./reading.ts";

export function servedBy(model: Json | undefined, judgement: Judgement): Judgement {
  return typeof model === "string" && model !== ""
    ? { ...judgement, servedModel: model }
    : judgement;
}

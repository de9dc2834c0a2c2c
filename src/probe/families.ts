// Family -> how to ask and how to read. A map, and the way from a target to its question.

import type { FamilyName, ProbeTarget } from "../registry/deployment.ts";
import { anthropic } from "./families/anthropic.ts";
import { azure } from "./families/azure.ts";
import { cohere } from "./families/cohere.ts";
import { gemini } from "./families/gemini.ts";
import { ollama } from "./families/ollama.ts";
import { openai } from "./families/openai.ts";
import { type Family, type Question, questionIn } from "./family.ts";

export const families: Readonly<Record<FamilyName, Family>> = {
  openai,
  azure,
  anthropic,
  gemini,
  cohere,
  ollama,
};

/** What a target is asked. */
export function questionOf(target: ProbeTarget): Question {
  return questionIn(families[target.family], target);
}

// Whether the model that answered is the one that was asked. Names are compared by their words, without publishers and without what
// only tells a version or a build: gpt-4o and gpt-4o-2024-08-06 are the same, gpt-4o and gpt-4o-mini are not.

import type { ProbeTarget } from "./deployment.ts";

/** Behind these a name is the operator's own, or that of a rule which chooses: what answers has another one by design. */
const ownNames: ReadonlySet<string> = new Set([
  "azure",
  "azure_text",
  "azure_ai",
  "databricks",
  "snowflake",
  "sagemaker",
  "sagemaker_chat",
  "litellm_proxy",
  "baseten",
  "predibase",
  "friendliai",
  "volcengine",
]);
/** Names that stand for whatever somebody chose. */
const anything = /^(?:default|auto|router?|model|deployment)$|(?:^|\/)auto$/i;
const versionWords: ReadonlySet<string> = new Set([
  ..."latest preview exp experimental beta stable instruct chat it hf fast free online".split(" "),
  ..."fp8 fp16 bf16 int4 int8 awq gptq gguf".split(" "),
]);

/** The name that the answer's is held against; null where none is known. */
export function comparableModel({
  provider,
  family,
  model,
  baseModel,
}: Pick<ProbeTarget, "provider" | "family" | "model" | "baseModel">): string | null {
  if (baseModel !== null) return baseModel;
  if (ownNames.has(provider) || family === "azure" || anything.test(model)) return null;
  return model;
}

/** True where both names may be one model's; a doubt is no difference. */
export function isSameModel(asked: string, served: string): boolean {
  if (served === "" || anything.test(served) || /^[/.~]|\\/.test(served)) return true;
  const one = partsOf(asked);
  const other = partsOf(served);
  if (/[-_]latest$/i.test(asked)) return one.words.every((word) => other.words.includes(word));
  if (one.words.join(" ") !== other.words.join(" ")) return false;
  // Two versions that are both named are two models.
  return one.version === "" || other.version === "" || one.version === other.version;
}

interface Parts {
  readonly words: readonly string[];
  /** Digits of dates and builds. */
  readonly version: string;
}

function partsOf(name: string): Parts {
  const plain = name
    .toLowerCase()
    .replace(/^ft:([^:]+):.*$/, "$1")
    .replace(/^.*\//, "")
    // Bedrock: region and publisher before, version of the packaging behind.
    .replace(
      /^(?:(?:us|eu|apac|global|jp|au)\.)?(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai|qwen|stability)\./,
      "",
    )
    .replace(/-v\d+(?::\d+.*)?$/, "")
    .replace(/:.*$/, "");
  const all = plain.match(/\d+|[a-z]+/g) ?? [];
  const isVersion = (word: string) => /^\d{3,}$/.test(word);
  // A date with dashes: 2024-08-06.
  const dated = /(20\d\d)-(\d\d)-(\d\d)/.exec(plain);
  const date = dated === null ? null : dated.slice(1).join("");
  const withoutDate =
    dated === null ? all : (plain.replace(dated[0], "").match(/\d+|[a-z]+/g) ?? []);
  return {
    words: withoutDate.filter((word) => !isVersion(word) && !versionWords.has(word)),
    version: date ?? withoutDate.filter(isVersion).join(""),
  };
}

// Family -> how to ask and how to read. A map, and the way from a target to its question.

import type { FamilyName, ProbeTarget } from "../registry/deployment.ts";
import { account } from "./families/account.ts";
import { anthropic } from "./families/anthropic.ts";
import { azure } from "./families/azure.ts";
import { azureAi } from "./families/azure-ai.ts";
import { azureServices } from "./families/azure-services.ts";
import { bedrock } from "./families/bedrock.ts";
import { bytez } from "./families/bytez.ts";
import { cloudflare } from "./families/cloudflare.ts";
import { cohere } from "./families/cohere.ts";
import { databricks } from "./families/databricks.ts";
import { deepgram } from "./families/deepgram.ts";
import { elevenlabs } from "./families/elevenlabs.ts";
import { gemini } from "./families/gemini.ts";
import { nlpCloud } from "./families/nlp-cloud.ts";
import { ollama } from "./families/ollama.ts";
import { openai } from "./families/openai.ts";
import { polly } from "./families/polly.ts";
import { replicate } from "./families/replicate.ts";
import { sagemaker } from "./families/sagemaker.ts";
import { snowflake } from "./families/snowflake.ts";
import { tgi } from "./families/tgi.ts";
import { triton } from "./families/triton.ts";
import { vertex } from "./families/vertex.ts";
import { watsonx } from "./families/watsonx.ts";
import { type Family, type Question, questionIn } from "./family.ts";
import { parted, withQuery } from "./url.ts";

export const families: Readonly<Record<FamilyName, Family>> = {
  openai,
  azure,
  azure_ai: azureAi,
  azure_services: azureServices,
  bytez,
  anthropic,
  gemini,
  cohere,
  ollama,
  replicate,
  tgi,
  triton,
  cloudflare,
  nlp_cloud: nlpCloud,
  elevenlabs,
  deepgram,
  account,
  bedrock,
  sagemaker,
  polly,
  vertex,
  watsonx,
  databricks,
  snowflake,
};

/** What a target is asked. Families know addresses without a query. */
export function questionOf(target: ProbeTarget): Question {
  const question = questionIn(families[target.family], target);
  if (!/[?#]/.test(target.baseUrl)) return question;
  return {
    request(asked) {
      const parts = parted(asked.baseUrl);
      const request = question.request({ ...asked, baseUrl: parts.bare });
      return { ...request, url: withQuery(request.url, parts) };
    },
    read: (asked, response) =>
      question.read({ ...asked, baseUrl: parted(asked.baseUrl).bare }, response),
  };
}

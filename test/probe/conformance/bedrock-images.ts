// Pictures by AWS Bedrock: each vendor has a body of its own, and words of its own for what it keeps back.
// (docs.aws.amazon.com/nova/latest/userguide/image-gen-errors.html, …/bedrock/latest/userguide/model-parameters-stability-diffusion.html)

import {
  answersTo,
  type CaseVerdict,
  type ConformanceCase,
  key,
  oneExchange,
  piecesOf,
} from "./case.ts";

const env = { AWS_BEARER_TOKEN_BEDROCK: key, AWS_REGION: "us-east-1" };

function of(model: string, body: object) {
  return answersTo(
    { provider: "bedrock", mode: "image_generation", params: { model: `bedrock/${model}` }, env },
    {
      url: `https://bedrock-runtime.us-east-1.amazonaws.com/model/${encodeURIComponent(model)}/invoke`,
      headers: { authorization: `Bearer ${key}` },
      body,
    },
  );
}

const canvas = of("amazon.nova-canvas-v1:0", {
  taskType: "TEXT_IMAGE",
  textToImageParams: { text: "ping" },
  imageGenerationConfig: { numberOfImages: 1, width: 512, height: 512 },
});
const stability = of("stability.stable-image-core-v1:1", { prompt: "ping" });

const made: CaseVerdict = {
  class: "ok",
  usage: piecesOf("image", 1),
};
const withheld: CaseVerdict = { class: "ok_limited_output", text: "content filter" };

export const cases: readonly ConformanceCase[] = [
  oneExchange(
    {
      provider: "bedrock",
      mode: "image_edit",
      params: { model: "bedrock/stability.stable-image-inpaint-v1:0" },
      env,
    },
    {
      url: "https://bedrock.us-east-1.amazonaws.com/foundation-models/stability.stable-image-inpaint-v1%3A0",
      headers: { authorization: `Bearer ${key}` },
    },
    { modelDetails: { modelLifecycle: { status: "ACTIVE" } } },
    { about: "which is looked at and not made", info: { mode: "image_edit" } },
  ),
  canvas("by Amazon", 200, { images: ["aGk="], error: null }, made),
  canvas(
    "by Amazon, which keeps it back",
    200,
    { images: [], error: "All of the generated images have been blocked by our content filters." },
    withheld,
  ),
  canvas(
    "by Amazon, which refuses the words",
    400,
    {
      message:
        "This request has been blocked by our content filters. Please adjust your text prompt to submit a new request.",
    },
    { class: "ok_limited_output" },
  ),
  canvas("by Amazon, without a picture", 200, { images: [] }, { class: "protocol" }),
  stability("by Stability", 200, { seeds: [1], finish_reasons: [null], images: ["aGk="] }, made),
  stability(
    "by Stability, which keeps it back",
    200,
    { seeds: [], finish_reasons: ["Filter reason: prompt"], images: [] },
    withheld,
  ),
];

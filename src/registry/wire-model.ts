// How a provider wants a model named on the wire, where that is not the name behind its prefix.

/** LiteLLM's marks: of reasoning models behind a deployment's name, and of the API or service that a model is asked with. */
const mark = /^(?:o_series|gpt5_series|responses|speech|doc-intelligence)\//;

export function wireModelOf(provider: string, model: string): string {
  switch (provider) {
    case "openai":
    case "azure":
    case "azure_ai":
      return model.includes("/") ? model.replace(mark, "") : model;
    case "fireworks_ai":
      return model.includes("/") ? model : `accounts/fireworks/models/${model}`;
    case "huggingface": {
      // `huggingface/together/org/model` chooses the inference provider; the router wants it behind a colon.
      const routed = /^([^/]+)\/([^/]+\/[^/]+)$/.exec(model);
      return routed === null ? model : `${routed[2]}:${routed[1]}`;
    }
    case "clarifai": {
      const owned = /^([^./]+)\.([^./]+)\.(.+)$/.exec(model);
      return owned === null
        ? model
        : `https://clarifai.com/${owned[1]}/${owned[2]}/models/${owned[3]}`;
    }
    case "github":
      // Its names begin with the publisher's.
      return /^(?:gpt-|o\d|text-embedding-)/.test(model) ? `openai/${model}` : model;
    default:
      return model;
  }
}

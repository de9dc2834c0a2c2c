// What the name of a cloud's model holds besides the model: Bedrock's route, region and vendor, and the id that stands elsewhere.

import type { Value } from "../config/config.ts";
import { textOf } from "./endpoint.ts";

type Params = Readonly<Record<string, Value>>;

export interface CloudModel {
  /** The id on the wire. */
  readonly model: string;
  /** Parameters that the name implies; those that are given win. */
  readonly implied: Readonly<Record<string, string>>;
  /** For the family. */
  readonly options: Readonly<Record<string, string>>;
}

const nothing: Readonly<Record<string, string>> = {};

/** The name alone, where nothing else is in it. */
export function cloudModelOf(provider: string, model: string, params: Params): CloudModel {
  if (provider === "bedrock") return bedrockModel(model, textOf(params["model_id"]));
  return { model, implied: nothing, options: nothing };
}

const route = /^(?:converse|invoke|converse_like)\//;
const region = /^((?:us|eu|ap|ca|sa|me|af|il|mx|cn|us-gov)-[a-z]+-\d)\//;
/** Says which body an imported model takes. */
const vendor = /^([a-z0-9_]+)\/(?=arn:)/;
const regionOfArn = /^arn:[^:]+:[^:]+:([a-z0-9-]+):/;

function bedrockModel(name: string, modelId: string | null): CloudModel {
  let rest = name.replace(route, "");
  const named = region.exec(rest)?.[1];
  if (named !== undefined) rest = rest.slice(named.length + 1).replace(route, "");
  const label = vendor.exec(rest)?.[1];
  if (label !== undefined) rest = rest.slice(label.length + 1);
  const model = modelId ?? rest;
  const implied = regionOfArn.exec(model)?.[1] ?? named;
  return {
    model,
    implied: implied === undefined ? {} : { aws_region_name: implied },
    // An ARN does not tell whose model it is; the name that it stands behind may.
    options: {
      ...(rest === model ? {} : { named: rest }),
      ...(label === undefined ? {} : { vendor: label }),
    },
  };
}

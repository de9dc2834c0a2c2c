// Deployments of a large fleet say much the same: names, deadlines, prices, bounds. What is alike is kept once, which makes
// 100,000 of them 90 MB smaller.

import type { Deployment } from "./deployment.ts";

export interface Alike {
  /** The same deployment; what it has in common with those before is theirs. */
  share(deployment: Deployment): Deployment;
}

export function createAlike(): Alike {
  const texts = new Map<string, string>();
  const values = new Map<string, object>();

  function text<T extends string | null>(given: T): T {
    if (given === null) return given;
    const known = texts.get(given);
    if (known === undefined) texts.set(given, given);
    return (known ?? given) as T;
  }

  function value<T extends object>(given: T): T {
    const name = JSON.stringify(given);
    const known = values.get(name);
    if (known === undefined) values.set(name, given);
    return (known ?? given) as T;
  }

  return {
    share(deployment) {
      const { target } = deployment;
      return {
        ...deployment,
        modelName: text(deployment.modelName),
        model: text(deployment.model),
        deadlines: value(deployment.deadlines),
        lanes: value(deployment.lanes),
        price: value(deployment.price),
        plan: value(deployment.plan),
        target:
          target === null
            ? null
            : {
                ...target,
                model: text(target.model),
                baseModel: text(target.baseModel),
                apiKey: text(target.apiKey),
                baseUrl:
                  target.baseUrl === deployment.apiBase ? deployment.apiBase : target.baseUrl,
                options: value(target.options),
                login: target.login === null ? null : value(target.login),
                headers: value(target.headers),
                extraBody: value(target.extraBody),
                prompt: text(target.prompt),
              },
      };
    },
  };
}

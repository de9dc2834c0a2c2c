// Provider row -> how its deployments log in.

import type { Value } from "../../config/config.ts";
import { addressOf } from "../address.ts";
import { hasAuthorization } from "../endpoint.ts";
import type { Route } from "../route.ts";
import type { Routes } from "../routes.ts";
import { awsLogin, awsLoginVariables } from "./aws.ts";
import type { Given } from "./given.ts";
import { googleLogin, googleLoginVariables } from "./google.ts";
import type { Login, LoginChoice, LoginKind, LoginSource } from "./login.ts";
import { databricksLogin, entraLogin, ibmLogin, oauthLoginVariables } from "./oauth.ts";

/** What an environment may hold of logins: nobody's own address gets any of it. */
export const loginVariables: readonly string[] = [
  ...awsLoginVariables,
  ...googleLoginVariables,
  ...oauthLoginVariables,
];

/** What a deployment's requests carry: a key, sent by a scheme of its own or by its row's, or what a login gives. */
export interface Entrance {
  readonly apiKey: string | null;
  readonly scheme: string | null;
  readonly login: Login | null;
}

/** A text says what is wrong. Without a kind, or where the operator brings a header of his own, nothing is logged in to. */
export function entranceOf(
  kind: LoginKind | undefined,
  given: Given,
  routes: Routes,
  sslVerify: Value | undefined,
): Entrance | string {
  const { apiKey, params } = given;
  const isShown = apiKey === null && hasAuthorization(params);
  if (kind === undefined || isShown) return { apiKey, scheme: null, login: null };
  const choice = loginChoiceOf(kind, given);
  if (choice.kind === "problem") return choice.problem;
  if (choice.kind === "key") return { ...choice, login: null };
  const login = loginOf(choice, routes, sslVerify);
  return typeof login === "string" ? login : { apiKey: null, scheme: null, login };
}

function loginChoiceOf(kind: LoginKind, given: Given): LoginChoice {
  if (kind === "google") return googleLogin(given);
  if (kind === "entra") return entraLogin(given);
  if (kind === "ibm") return ibmLogin(given);
  if (kind === "databricks") return databricksLogin(given);
  return awsLogin(given, kind.slice("aws:".length));
}

/** Whether credentials come from this machine, and not from the configuration alone. */
export function isOfMachine(source: LoginSource): boolean {
  switch (source.kind) {
    case "aws_keys":
      return false;
    case "aws_role":
      return isOfMachine(source.base);
    case "aws_web_identity":
      return source.token.from !== "text";
    case "google":
      return source.credentials?.from !== "text";
    case "oauth":
      return source.assertion !== null && source.assertion.from !== "text";
    default:
      return true;
  }
}

const direct: Route = { proxy: null, verifyTls: true, caFile: null, clientCertificate: null };

/** With the way to the host that gives tokens; a text says what is wrong with that way. */
function loginOf(
  { use, source, via }: Extract<LoginChoice, { readonly kind: "login" }>,
  routes: Routes,
  sslVerify: Value | undefined,
): Login | string {
  let route = direct;
  if (via !== null) {
    const address = addressOf(via);
    if (address === null) return "the address of the login is not a URL";
    const found = routes.to(address, sslVerify);
    if (found.problem !== null) return found.problem;
    route = found.route;
  }
  const id = Bun.SHA256.hash(JSON.stringify([source, route]), "hex");
  return { id: id.slice(0, 24), use, source, route };
}

// How a deployment proves who asks, where that is not a key that is sent as it is: something is exchanged for a token that ends, or
// signs the request. Plain data with credentials in it, never shown. What is done with it stands in src/logins/.

import type { Route } from "../route.ts";

export interface Login {
  /** A fingerprint of source and route: what is alike is fetched once. */
  readonly id: string;
  readonly use: LoginUse;
  readonly source: LoginSource;
  /** The way to the host that gives tokens. */
  readonly route: Route;
}

/** What is done with the credential: it is sent as Bearer, or it signs the request. */
export type LoginUse =
  | { readonly kind: "bearer" }
  | { readonly kind: "sigv4"; readonly service: string; readonly region: string };

export type LoginSource = AwsSource | GoogleSource | OauthSource | AzureIdentitySource;

export type AwsSource =
  | {
      readonly kind: "aws_keys";
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken: string | null;
    }
  /** A named profile of AWS's files, and the default one where it has to be there. */
  | { readonly kind: "aws_profile"; readonly profile: string; readonly files: AwsFiles }
  | { readonly kind: "aws_role"; readonly sts: StsRole; readonly base: AwsSource }
  | { readonly kind: "aws_web_identity"; readonly sts: StsRole; readonly token: TokenReference }
  | {
      readonly kind: "aws_container";
      readonly url: string;
      readonly authorization: TokenReference | null;
    }
  /** Nothing is configured: the default profile, then the instance's own role. */
  | {
      readonly kind: "aws_ambient";
      readonly files: AwsFiles;
      /** Null where the operator forbids it. */
      readonly instanceUrl: string | null;
    };

export interface AwsFiles {
  readonly credentials: string;
  readonly config: string;
  /** Where a profile takes its role. */
  readonly sts: Pick<StsRole, "url" | "region">;
}

export interface StsRole {
  readonly url: string;
  readonly region: string;
  readonly roleArn: string;
  readonly sessionName: string;
  readonly externalId: string | null;
}

export interface GoogleSource {
  readonly kind: "google";
  /** Null: what the machine itself has. */
  readonly credentials: { readonly from: "file" | "text"; readonly value: string } | null;
  readonly gcloudFile: string;
  readonly metadataUrl: string;
  readonly scope: string;
  /** The configuration names no project: the credentials have to. */
  readonly wantsProject: boolean;
}

/** One form, posted for a token (RFC 6749). */
export interface OauthSource {
  readonly kind: "oauth";
  /** For texts: whose login it is. */
  readonly name: string;
  readonly url: string;
  readonly form: Readonly<Record<string, string>>;
  readonly basic: { readonly user: string; readonly password: string } | null;
  /** Sent as `client_assertion` (RFC 7523). */
  readonly assertion: TokenReference | null;
}

/** A managed identity of Azure: asked from the machine. */
export interface AzureIdentitySource {
  readonly kind: "azure_identity";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A token that somebody else renews: read anew for every exchange. */
export type TokenReference =
  | { readonly from: "text"; readonly value: string }
  | { readonly from: "file"; readonly value: string }
  /** Asked for with a GET; the answer is the token, or JSON with it in `field`. */
  | {
      readonly from: "url";
      readonly value: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly field: string | null;
    };

/** What a deployment's parameters and the environment come to. `via` is the host that gives tokens, null where no host is asked. */
export type LoginChoice =
  | {
      readonly kind: "login";
      readonly use: LoginUse;
      readonly source: LoginSource;
      readonly via: string | null;
    }
  /** A key that is sent as it is after all. */
  | { readonly kind: "key"; readonly apiKey: string; readonly scheme: string | null }
  | { readonly kind: "problem"; readonly problem: string };

/** How a provider can be logged in to; `aws:SERVICE` is signed for that service. */
export type LoginKind = "google" | "entra" | "ibm" | "databricks" | `aws:${string}`;

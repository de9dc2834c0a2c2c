// How a deployment proves who asks, where that is not a key that is sent as it is: something is exchanged for a token that ends, or
// signs the request. Plain data with credentials in it, never shown. What is done with it stands in src/logins/.

export type Login = never;

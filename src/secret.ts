/** A secret by name. Its value is looked up at the moment of the effect and is in no plan, argument or log. */
export type Secret = { readonly variable: string } | { readonly file: string };

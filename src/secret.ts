/**
 * Its value is looked up at the moment of the effect and is in no plan, argument or log. A value from the command line
 * comes as a function, which nothing prints; a script has it in the variable.
 */
export type Secret = { readonly variable: string; readonly value?: () => string } | { readonly file: string };

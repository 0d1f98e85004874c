declare module '@michaelhomer/jqjs' {
  /** `compile`: turns a jq program into a function from a document to its outputs. */
  const jq: { readonly compile: (program: string) => (document: unknown) => Iterable<unknown> };
  export default jq;
}

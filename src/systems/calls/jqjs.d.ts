declare module '@michaelhomer/jqjs' {
  /** `compile`: a jq program as a function from a document to its outputs. */
  const jq: { readonly compile: (program: string) => (document: unknown) => Iterable<unknown> };
  export default jq;
}

/** The tutorial's three example users, as JSON documents with the four fields it gives them. */
export const EXAMPLE_USERS: ReadonlyMap<bigint, string> = new Map([
  [1n, '{"name":"Paul John","email":"paul.john@example.com","age":42,"city":"London"}'],
  [2n, '{"name":"Eden Zamir","email":"eden.zamir@example.com","age":29,"city":"Tel Aviv"}'],
  [3n, '{"name":"Paul Zamir","email":"paul.zamir@example.com","age":35,"city":"Tel Aviv"}'],
]);

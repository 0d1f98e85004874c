import { JsonText, stringifyJson, type Json } from '../text/json.ts';

/** Characters of an input that an error repeats whole: twice of the longest integer. */
const WHOLE = 8192;
/** Characters that it shows of a longer one. */
const BEGINNING = 1000;

/**
 * The `input` of an error, as JSON text. FastAPI repeats all of it, in every error: 4 MiB of `[1e15,1e15,…]` come back
 * as 100 MB. Here a long input is a string with its beginning, so an answer has a few kilobytes for each error.
 */
export function echo(input: Json): string {
  const text = input instanceof JsonText ? input.text : input;
  if (typeof text !== 'string' || text.length <= WHOLE) return stringifyJson(input);
  return JSON.stringify(`${text.slice(0, BEGINNING)}… (${String(text.length)} characters in all)`);
}

/** The tutorial's data: its three example users, and the record that it PUTs. */

export const EXAMPLE_USERS: readonly { readonly id: number; readonly fields: Readonly<Record<string, unknown>> }[] = [
  { id: 1, fields: { name: 'Paul John', email: 'paul.john@example.com', age: 42, city: 'London' } },
  { id: 2, fields: { name: 'Eden Zamir', email: 'eden.zamir@example.com', age: 29, city: 'Tel Aviv' } },
  { id: 3, fields: { name: 'Paul Zamir', email: 'paul.zamir@example.com', age: 35, city: 'Tel Aviv' } },
];

const FIELDS = {
  name: 'Francois Cerbelle',
  email: 'francois@redis.com',
  age: 48,
  city: 'Paris',
  height: 179,
  weight: 84,
};

/** The body of the tutorial's own curl: the service must take "True" for a boolean. */
export const PUT_BODY = { ...FIELDS, gender: 'True' };
/** The same record as the service returns it. */
export const STORED_RECORD = { ...FIELDS, gender: true };
/** Breaks two rules. */
export const INVALID_BODY = { ...FIELDS, age: 'forty-eight', gender: 'perhaps' };

export const TUTORIAL_ID = 4;
/** Used when the tutorial's id holds another record: a fixed list, so that repeated runs add no more records. */
export const SPARE_IDS = [40_004, 40_005, 40_006, 40_007];

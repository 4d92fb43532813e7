/** What must hold, and what is wrong where it does not. */
export type Claims = readonly (readonly [holds: boolean, text: string])[];

/** What does not hold of the claims about one action, as sentences. */
export function broken(about: string, claims: Claims): readonly string[] {
  return claims.filter(([holds]) => !holds).map(([, text]) => `${about}: ${text}`);
}

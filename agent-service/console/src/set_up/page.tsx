/** The set-up of the municipality, for administrators. */
export function Page() {
  return null;
}

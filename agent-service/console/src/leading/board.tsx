/** The live board of those who lead. */
export function Page() {
  return null;
}

/** Who read, searched, exported or broke the glass, for archivists. */
export function Page() {
  return null;
}

/** How it went: figures per hour, day, topic and department. */
export function Page() {
  return null;
}

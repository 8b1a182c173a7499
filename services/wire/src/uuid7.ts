/** Ids of actions: UUIDv7, so that they sort by the time they were made. */
export { uuidv7 as newId } from "uuidv7";

/** What the citizen's widget and the agents' console share of the protocol `prek.v1`. */
export * from "./connection";
export * from "./contracts";
export * from "./files";
export * from "./linkify";
export * from "./nationalid";
export * from "./numbers";
export * from "./outbox";
export * from "./stream";
export * from "./text";
export * from "./uuid7";

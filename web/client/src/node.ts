/** What is for Node only. */
export { FileStore } from "./store_file.js";

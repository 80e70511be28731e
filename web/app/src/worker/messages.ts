/** What a page says to the service worker. */
export interface ToWorker {
  readonly notify: Notice;
}

export interface Notice {
  readonly conv: string;
  readonly title: string;
  readonly body: string;
}

/** What the service worker says to a page: to show this conversation. */
export interface FromWorker {
  readonly open: string;
}

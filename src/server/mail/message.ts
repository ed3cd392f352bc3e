/** A mail as it leaves the backend. */
export interface Message {
  /** Name and address, as in `"App" <app@example.com>`. */
  sender: string;
  recipients: string[];
  cc: string[];
  bcc: string[];
  replyTo: string | null;
  subject: string;
  html: string;
}

/** A mail in the inbox of this machine. */
export interface StoredMail extends Message {
  id: string;
  sentAt: string;
  /** `smtp` when it also left the machine. */
  deliveredBy: "inbox" | "smtp";
  /** What the reader looks for: codes of six digits, and links. */
  codes: string[];
  links: string[];
  /** The words without the markup. */
  text: string;
}

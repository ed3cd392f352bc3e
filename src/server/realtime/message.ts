/** A stored message with what its channel says of it. */
export interface Message {
  readonly id: string;
  readonly eventName: string;
  readonly channelName: string;
  readonly payload: object;
  readonly senderType: "system" | "user";
  readonly senderId: string | null;
  readonly webhookUrls: string[] | null;
}

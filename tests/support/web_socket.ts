/** The server's end of a WebSocket whose other side is a test: what it says and hears, its end. */
export function webSocket() {
  const closed: string[] = [];
  const heard: string[] = [];
  const line = {
    readyState: WebSocket.OPEN,
    bufferedAmount: 0,
    send: (text: string) => heard.push(text),
    close: (_code: number, reason: string) => closed.push(reason),
  } as unknown as WebSocket;
  const say = (data: string) => line.onmessage!(new MessageEvent("message", { data }));
  return { line, say, closed, heard };
}

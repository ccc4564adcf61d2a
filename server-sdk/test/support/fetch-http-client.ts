import { HttpClient, type HttpRequest, HttpResponse } from '@microsoft/signalr';

/** The official client's own HTTP client needs CommonJS packages that the test runner resolves as modules. */
export class FetchHttpClient extends HttpClient {
  override async send(request: HttpRequest): Promise<HttpResponse> {
    const { content, headers = {}, method = 'GET', url = '' } = request;
    const response = await fetch(url, { method, headers, body: content || null });
    return new HttpResponse(response.status, response.statusText, await response.text());
  }
}

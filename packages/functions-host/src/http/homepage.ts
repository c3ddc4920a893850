import type { ServerResponse } from 'node:http';
import type { AppSettings } from '../app-settings.ts';

/** The page at `/`, which no function can have; 204 with `AzureWebJobsDisableHomepage` (HomepageMiddleware.cs). */
export function serveHomepage(response: ServerResponse, settings: AppSettings): void {
  if (settings.AzureWebJobsDisableHomepage?.toLowerCase() === 'true') response.writeHead(204).end();
  else response.writeHead(200, { 'content-type': 'text/html' }).end(page);
}

const page = '<!DOCTYPE html><html><body>Your Functions app is up and running.</body></html>';

import { ApiError } from "../http/api_error.ts";

/** 404: there is no such deployment or file. */
export function notFound(message: string): ApiError {
  return new ApiError(404, "DEPLOYMENT_NOT_FOUND", message);
}

/** 400: the deployment is not in a state for this. */
export function badState(message: string): ApiError {
  return new ApiError(400, "DEPLOYMENT_INVALID_FILE", message, "Make a new deployment.");
}

/** 400: what was sent cannot be used. */
export function invalid(message: string, nextActions?: string): ApiError {
  return new ApiError(400, "INVALID_INPUT", message, nextActions);
}

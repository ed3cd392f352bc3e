/** User as the platform describes it (contract section 2.7). */
export interface PlatformUser {
  id: string;
  name: string;
  email: string;
  avatar_url: string | null;
  email_verified: boolean;
}

export interface Organization {
  id: string;
  name: string;
  type: string;
  created_at: string;
  updated_at: string;
}

/** Project as the platform describes it (contract section 2.8). */
export interface PlatformProject {
  id: string;
  organization_id: string;
  name: string;
  appkey: string;
  region: string;
  /** `active` once the backend answers. */
  status: string;
  operation_status?: string | null;
  instance_type: string;
  service_version: string | null;
  customized_domain: string | null;
  created_at: string;
  updated_at: string;
}

/** Answer of the OAuth token endpoint (contract sections 2.2 to 2.4). */
export interface TokenResponse {
  access_token: string;
  refresh_token?: string;
  /** Seconds. */
  expires_in: number;
  scope?: string;
}

/** Answer of the device authorization endpoint (contract section 2.4). */
export interface DeviceAuthorization {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  /** Seconds. */
  expires_in: number;
  /** Seconds between two polls, 5 when absent. */
  interval?: number;
}

export interface LoginResponse {
  token: string;
  user: PlatformUser;
}

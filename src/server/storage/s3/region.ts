/** The region that clients of the S3 protocol sign for (contract section 18.2). */
export const REGION = "us-east-2";

/** Where the S3 protocol answers, below the backend's address. */
export const S3_PATH = "/storage/v1/s3";

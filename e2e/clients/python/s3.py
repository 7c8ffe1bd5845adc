"""What programs do with boto3 (TWCC's own command line is one), in every mode, against a server on this machine.

    s3.py ENDPOINT BUCKET KEY_ID FOLDER

The key pair is taken from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Prints what answers said of each mode as one JSON
document; fails when anything is not as written.
"""
import io
import json
import os
import sys
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT, BUCKET, KEY_ID, FOLDER = sys.argv[1:]
IN_PARTS = TransferConfig(multipart_threshold=5 * 2**20, multipart_chunksize=5 * 2**20)
SAID = ("ServerSideEncryption", "SSEKMSKeyId", "SSECustomerAlgorithm", "SSECustomerKeyMD5")

# Links of this version would be signed by version 2 otherwise.
s3 = boto3.client(
    "s3", endpoint_url=ENDPOINT, region_name="us-east-1", config=Config(signature_version="s3v4")
)


def modes():
    customer = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": os.urandom(32)}
    yield "none", {}, {}
    yield "AES256", {"ServerSideEncryption": "AES256"}, {}
    yield "aws:kms", {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KEY_ID}, {}
    yield "customer", customer, customer


def walk(name, write, read):
    small, large = f"{name}/文件 a+b%2F.txt", f"{name}/large"
    content = os.urandom(70000)
    metadata = {"author": "ada"}
    s3.put_object(Bucket=BUCKET, Key=small, Body=content, Metadata=metadata, Tagging="team=optics", **write)
    got = s3.get_object(Bucket=BUCKET, Key=small, **read)
    assert got["Body"].read() == content and got["Metadata"] == metadata
    part = s3.get_object(Bucket=BUCKET, Key=small, Range="bytes=65530-65541", **read)
    assert part["Body"].read() == content[65530:65542]

    source, target = os.path.join(FOLDER, "up"), os.path.join(FOLDER, "down")
    in_parts = os.urandom(11 * 2**20)
    with open(source, "wb") as file:
        file.write(in_parts)
    s3.upload_file(source, BUCKET, large, ExtraArgs=write, Config=IN_PARTS)
    s3.download_file(BUCKET, large, target, ExtraArgs=read, Config=IN_PARTS)
    with open(target, "rb") as file:
        assert file.read() == in_parts

    source_key = {f"CopySource{key}": value for key, value in read.items()}
    s3.copy({"Bucket": BUCKET, "Key": large}, BUCKET, f"{name}/copy", ExtraArgs={**write, **source_key}, Config=IN_PARTS)
    s3.copy_object(Bucket=BUCKET, Key=small, CopySource={"Bucket": BUCKET, "Key": small}, MetadataDirective="REPLACE",
                   ContentType="text/plain", **write, **source_key)
    head = s3.head_object(Bucket=BUCKET, Key=small, **read)
    assert head["ContentType"] == "text/plain" and head["ContentLength"] == len(content)
    assert s3.get_object_tagging(Bucket=BUCKET, Key=small)["TagSet"] == [{"Key": "team", "Value": "optics"}]
    stream = io.BytesIO()
    s3.download_fileobj(BUCKET, f"{name}/copy", stream, ExtraArgs=read)
    assert stream.getvalue() == in_parts
    if not read:
        link = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": small}, ExpiresIn=60)
        with urllib.request.urlopen(link) as answer:
            assert answer.read() == content
    return {said: head[said] for said in SAID if said in head}


def refusals():
    for call in (
        lambda: s3.get_object(Bucket=BUCKET, Key="no such object"),
        lambda: s3.head_object(Bucket=BUCKET, Key="no such object"),
        lambda: s3.get_object(Bucket=BUCKET, Key="customer/large"),
        lambda: s3.delete_bucket(Bucket=BUCKET),
        lambda: s3.put_object(Bucket=BUCKET, Key="x", Body=b"", ServerSideEncryption="aws:kms", SSEKMSKeyId="no such key"),
    ):
        try:
            call()
            yield "accepted"
        except ClientError as error:
            yield error.response["Error"]["Code"]


def main():
    s3.create_bucket(Bucket=BUCKET)
    assert BUCKET in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    found = {name: walk(name, write, read) for name, write, read in modes()}
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 5})
    keys = [entry["Key"] for page in pages for entry in page["Contents"]]
    assert keys == sorted(keys, key=str.encode) and len(keys) == 12, keys
    refused = list(refusals())
    s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": key} for key in keys]})
    s3.delete_bucket(Bucket=BUCKET)
    print(json.dumps({"found": found, "refused": refused}))


main()

// Command oss goes through what Aliyun's SDK for Go (version 1, the one under ossutil 1) does with objects, in one way of
// encryption, against a server on an address of this machine. The SDK compares the CRC-64 of every up- and download itself.
//
//	oss ENDPOINT BUCKET METHOD      METHOD: "", AES256, SM4 or KMS
//
// The key pair is taken from OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET. Prints what answers said as one JSON document;
// ends with 1 and a sentence when anything is not as written.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/ioutil"
	"math/rand"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"
)

const partSize = 100 * 1024

type findings struct {
	Head    map[string]string `json:"head"`
	Copied  map[string]string `json:"copied"`
	Changed map[string]string `json:"changed"`
	Parts   map[string]string `json:"parts"`
	Grown   map[string]string `json:"grown"`
	Link    map[string]string `json:"link"`
	Rules   map[string]string `json:"rules"`
	Bucket  map[string]string `json:"bucket"`
	Refused map[string]string `json:"refused"`
}

func main() {
	if len(os.Args) != 4 {
		fail("usage: oss ENDPOINT BUCKET METHOD")
	}
	client, err := oss.New(os.Args[1], os.Getenv("OSS_ACCESS_KEY_ID"), os.Getenv("OSS_ACCESS_KEY_SECRET"))
	check("client", err)
	folder, err := ioutil.TempDir("", "coffer-go-")
	check("folder", err)
	defer os.RemoveAll(folder)
	found := walk(client, os.Args[2], os.Args[3], folder)
	check("print", json.NewEncoder(os.Stdout).Encode(found))
}

func walk(client *oss.Client, name, method, folder string) findings {
	found := findings{Bucket: aboutBucket(client, name)}
	bucket, err := client.Bucket(name)
	check("bucket", err)
	prefix := "go by " + method + "/"
	small := prefix + "文件 a+b%2F.txt"
	content := randomBytes(70000)
	check("put", bucket.PutObject(small, bytes.NewReader(content), encrypted(method,
		oss.ContentType("text/plain"), oss.Meta("author", "ada"), oss.Meta("place", "台北"))...))
	same("get", content, download(bucket, small))
	same("range", content[65530:65542], download(bucket, small, oss.Range(65530, 65541)))
	found.Head = told(bucket.GetObjectDetailedMeta(small))

	_, err = bucket.CopyObject(small, prefix+"copy", encrypted(method)...)
	check("copy", err)
	same("copied", content, download(bucket, prefix+"copy"))
	found.Copied = told(bucket.GetObjectDetailedMeta(prefix + "copy"))

	check("set meta", bucket.SetObjectMeta(small, oss.ServerSideEncryption("SM4"), oss.Meta("author", "eve")))
	same("after set meta", content, download(bucket, small))
	found.Changed = told(bucket.GetObjectDetailedMeta(small))

	found.Parts = inParts(bucket, prefix+"parts", method, folder)
	found.Grown = grow(bucket, prefix+"log", method)
	found.Link = link(bucket, prefix+"link to it", small, content)
	found.Rules = rules(client, bucket, small)
	found.Refused = refusals(client, bucket, small)
	listAndDelete(bucket, prefix, []string{prefix + "copy", prefix + "parts", small})
	return found
}

func aboutBucket(client *oss.Client, name string) map[string]string {
	exists, err := client.IsBucketExist(name)
	check("is there", err)
	if !exists {
		check("create bucket", client.CreateBucket(name))
	}
	listed, err := client.ListBuckets(oss.Prefix(name))
	check("list buckets", err)
	if len(listed.Buckets) != 1 || listed.Buckets[0].Name != name || listed.Buckets[0].CreationDate.IsZero() {
		fail("buckets are listed as %+v", listed.Buckets)
	}
	info, err := client.GetBucketInfo(name)
	check("bucket info", err)
	location, err := client.GetBucketLocation(name)
	check("location", err)
	acl, err := client.GetBucketACL(name)
	check("bucket ACL", err)
	return map[string]string{
		"name": info.BucketInfo.Name, "location": location, "locationOfInfo": info.BucketInfo.Location,
		"acl": acl.ACL, "aclOfInfo": info.BucketInfo.ACL, "storageClass": info.BucketInfo.StorageClass,
	}
}

// inParts uploads and downloads a file by three routines with a checkpoint, which is how ossutil moves large files, after an
// upload of one part that is listed and given up.
func inParts(bucket *oss.Bucket, key, method, folder string) map[string]string {
	content := randomBytes(3*partSize + 1234)
	source, target := filepath.Join(folder, "up"), filepath.Join(folder, "down")
	check("write", ioutil.WriteFile(source, content, 0600))
	begun, err := bucket.InitiateMultipartUpload(key, encrypted(method)...)
	check("initiate", err)
	part, err := bucket.UploadPart(begun, bytes.NewReader(content), int64(len(content)), 1)
	check("part", err)
	parts, err := bucket.ListUploadedParts(begun)
	check("list parts", err)
	if len(parts.UploadedParts) != 1 || parts.UploadedParts[0].ETag != part.ETag || parts.UploadedParts[0].Size != len(content) {
		fail("parts are listed as %+v", parts.UploadedParts)
	}
	uploads, err := bucket.ListMultipartUploads(oss.Prefix(key))
	check("list uploads", err)
	if len(uploads.Uploads) != 1 || uploads.Uploads[0].UploadID != begun.UploadID || uploads.Uploads[0].Key != key {
		fail("uploads are listed as %+v", uploads.Uploads)
	}
	check("abort", bucket.AbortMultipartUpload(begun))
	check("upload file", bucket.UploadFile(key, source, partSize, encrypted(method, oss.Routines(3), oss.Checkpoint(true, source+".cp"))...))
	check("download file", bucket.DownloadFile(key, target, partSize, oss.Routines(3), oss.Checkpoint(true, target+".cp")))
	downloaded, err := ioutil.ReadFile(target)
	check("read", err)
	same("downloaded file", content, downloaded)
	// Without a method: this version of the SDK would send it with every part, which OSS refuses.
	check("copy in parts", bucket.CopyFile(bucket.BucketName, key, key+" copied", partSize, oss.Routines(2)))
	same("copied in parts", content, download(bucket, key+" copied"))
	check("delete", bucket.DeleteObject(key+" copied"))
	return told(bucket.GetObjectDetailedMeta(key))
}

// grow appends twice; the SDK compares the CRC-64 of the whole each time.
func grow(bucket *oss.Bucket, key, method string) map[string]string {
	first, second := randomBytes(3000), randomBytes(70000)
	result, err := bucket.DoAppendObject(&oss.AppendObjectRequest{ObjectKey: key, Reader: bytes.NewReader(first)},
		encrypted(method, oss.InitCRC(0)))
	check("append", err)
	result, err = bucket.DoAppendObject(&oss.AppendObjectRequest{ObjectKey: key, Reader: bytes.NewReader(second), Position: result.NextPosition},
		[]oss.Option{oss.InitCRC(result.CRC)})
	check("append again", err)
	if result.NextPosition != int64(len(first)+len(second)) {
		fail("the next position is %d", result.NextPosition)
	}
	same("appended", append(first, second...), download(bucket, key))
	defer func() { check("delete", bucket.DeleteObject(key)) }()
	return told(bucket.GetObjectDetailedMeta(key))
}

func link(bucket *oss.Bucket, key, target string, content []byte) map[string]string {
	check("put symlink", bucket.PutSymlink(key, target))
	found := told(bucket.GetSymlink(key))
	if found["x-oss-symlink-target"] != target {
		fail("the link leads to %q", found["x-oss-symlink-target"])
	}
	same("by the link", content, download(bucket, key))
	check("delete", bucket.DeleteObject(key))
	return found
}

// rules are who is let in, from which pages, and for how long objects stay.
func rules(client *oss.Client, bucket *oss.Bucket, key string) map[string]string {
	name := bucket.BucketName
	check("set object ACL", bucket.SetObjectACL(key, oss.ACLPrivate))
	acl, err := bucket.GetObjectACL(key)
	check("object ACL", err)
	check("set object ACL back", bucket.SetObjectACL(key, oss.ACLDefault))
	check("set bucket ACL", client.SetBucketACL(name, oss.ACLPrivate))
	bucketACL, err := client.GetBucketACL(name)
	check("bucket ACL", err)
	check("set CORS", client.SetBucketCORS(name, []oss.CORSRule{{AllowedOrigin: []string{"https://app.example.org"},
		AllowedMethod: []string{"GET", "PUT"}, AllowedHeader: []string{"*"}, ExposeHeader: []string{"ETag"}, MaxAgeSeconds: 60}}))
	cors, err := client.GetBucketCORS(name)
	check("CORS", err)
	check("delete CORS", client.DeleteBucketCORS(name))
	check("set lifecycle", client.SetBucketLifecycle(name, []oss.LifecycleRule{oss.BuildLifecycleRuleByDays("old", "tmp/", true, 30)}))
	lifecycle, err := client.GetBucketLifecycle(name)
	check("lifecycle", err)
	check("delete lifecycle", client.DeleteBucketLifecycle(name))
	if len(cors.CORSRules) != 1 || len(lifecycle.Rules) != 1 {
		fail("rules are %+v and %+v", cors.CORSRules, lifecycle.Rules)
	}
	cross, old := cors.CORSRules[0], lifecycle.Rules[0]
	return map[string]string{
		"object": acl.ACL, "bucket": bucketACL.ACL,
		"cors":      fmt.Sprint(cross.AllowedOrigin, cross.AllowedMethod, cross.AllowedHeader, cross.ExposeHeader, cross.MaxAgeSeconds),
		"lifecycle": fmt.Sprint(old.ID, " ", old.Prefix, " ", old.Status, " ", old.Expiration.Days),
	}
}

// refusals are the words programs look for in a ServiceError.
func refusals(client *oss.Client, bucket *oss.Bucket, key string) map[string]string {
	_, missing := bucket.GetObject("no such object")
	_, noMeta := bucket.GetObjectDetailedMeta("no such object")
	stranger, err := oss.New(client.Config.Endpoint, client.Config.AccessKeyID, "wrong")
	check("client", err)
	theirs, err := stranger.Bucket(bucket.BucketName)
	check("bucket", err)
	_, unsigned := theirs.GetObject(key)
	exists, err := bucket.IsObjectExist("no such object")
	check("is there", err)
	if exists {
		fail("an object that is not there exists")
	}
	return map[string]string{
		"missing": wordOf(missing), "no meta": wordOf(noMeta), "signature": wordOf(unsigned),
		// strangers are let in only where whoever runs the server allows it
		"public":    wordOf(bucket.SetObjectACL(key, oss.ACLPublicRead)),
		"algorithm": wordOf(bucket.PutObject(key, strings.NewReader("x"), oss.ServerSideEncryption("aws:kms"))),
		"get":       wordOf(getEncrypted(bucket, key)),
		"bucket":    wordOf(client.DeleteBucket(bucket.BucketName)),
	}
}

func getEncrypted(bucket *oss.Bucket, key string) error {
	body, err := bucket.GetObject(key, oss.ServerSideEncryption("AES256"))
	if err == nil {
		body.Close()
	}
	return err
}

func listAndDelete(bucket *oss.Bucket, prefix string, keys []string) {
	var listed []string
	for marker := ""; ; {
		page, err := bucket.ListObjects(oss.Prefix(prefix), oss.Marker(marker), oss.MaxKeys(2))
		check("list", err)
		for _, object := range page.Objects {
			if object.Type == "" || object.StorageClass != "Standard" || time.Since(object.LastModified) > time.Hour {
				fail("an object is listed as %+v", object)
			}
			listed = append(listed, object.Key)
		}
		if marker = page.NextMarker; !page.IsTruncated {
			break
		}
	}
	if fmt.Sprint(listed) != fmt.Sprint(keys) {
		fail("listed are %q, not %q", listed, keys)
	}
	deleted, err := bucket.DeleteObjects(keys)
	check("delete objects", err)
	if fmt.Sprint(deleted.DeletedObjects) != fmt.Sprint(keys) {
		fail("deleted are %q", deleted.DeletedObjects)
	}
}

func encrypted(method string, options ...oss.Option) []oss.Option {
	if method == "" {
		return options
	}
	return append(options, oss.ServerSideEncryption(method))
}

func download(bucket *oss.Bucket, key string, options ...oss.Option) []byte {
	body, err := bucket.GetObject(key, options...)
	check("get "+key, err)
	defer body.Close()
	content, err := ioutil.ReadAll(body)
	check("read "+key, err)
	return content
}

// told gives what answers say of an object, by names in small letters.
func told(header http.Header, err error) map[string]string {
	check("head", err)
	words := map[string]string{}
	for name := range header {
		words[strings.ToLower(name)] = header.Get(name)
	}
	return words
}

func wordOf(err error) string {
	if refusal, is := err.(oss.ServiceError); is {
		return fmt.Sprintf("%d %s", refusal.StatusCode, refusal.Code)
	}
	return fmt.Sprint(err)
}

func randomBytes(size int) []byte {
	content := make([]byte, size)
	rand.New(rand.NewSource(time.Now().UnixNano())).Read(content)
	return content
}

func same(what string, expected, seen []byte) {
	if !bytes.Equal(expected, seen) {
		fail("%s: %d bytes are not the %d that were written", what, len(seen), len(expected))
	}
}

func check(what string, err error) {
	if err != nil {
		fail("%s: %v", what, err)
	}
}

func fail(format string, values ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}

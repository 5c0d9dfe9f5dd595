# dynalint 0.1.0, facts of 2026-11-23 00:38Z. 21 repairs of 21 rules on 8 resources: 4 for
# Terraform, 11 for the AWS CLI alone, 5 to fill in, 6 in words alone.
# Nothing was changed. Each part goes where its comment says, or replaces what is there.

# === table feed-follows, eu-west-1, account 111122223333 ===

# restored-table-parity, critical: A restored table has regained what a restore leaves behind
#   found      feed-follows: restored without deletion protection, TTL, stream, tags
#   shows      the command shows what to change, and changes nothing
#   note       Set again what the evidence names. Best keep the settings in a template that is
#              applied after each restore.
#   instead    nothing for Terraform; with the AWS CLI:
#   aws dynamodb describe-table --region eu-west-1 --table-name feed-follows

# deletion-protection, high: Deletion protection is on
#   found      feed-follows: deletion protection is off
#   goes into  the resource of table "feed-follows"
deletion_protection_enabled = true

# no-scan-on-hot-path, high: Scans are a small share of the requests
#   found      feed-follows: scans were 44.44 % of 136,080,000 requests
#   to do      Give the access pattern a key or an index and use Query. For jobs over the whole
#              table export it to S3.

# === table shop-sessions, eu-west-1, account 111122223333 ===

# pitr-on, critical: Point-in-time recovery is on
#   found      shop-sessions: point-in-time recovery is off
#   goes into  the resource of table "shop-sessions"
point_in_time_recovery {
  enabled = true
}

# table-key-usable, critical: The KMS keys of a table and its replicas can be used
#   found      shop-sessions: key unusable, PendingDeletion:
#              arn:aws:kms:eu-west-1:111122223333:key/bca71399-8d21-55ba-b9bb-910826801258
#   note       The first line is for a key that waits for its deletion alone.
#   instead    nothing for Terraform; with the AWS CLI:
#   aws kms cancel-key-deletion --region eu-west-1 \
#     --key-id arn:aws:kms:eu-west-1:111122223333:key/bca71399-8d21-55ba-b9bb-910826801258
#   aws kms enable-key --region eu-west-1 \
#     --key-id arn:aws:kms:eu-west-1:111122223333:key/bca71399-8d21-55ba-b9bb-910826801258

# === alarm feed-posts-latency, eu-west-1, account 111122223333 ===

# alarm-dimensions-real, high: Every alarm on DynamoDB watches dimensions under which its metric is
# published
#   found      alarm feed-posts-latency: nothing is published under its dimensions
#   shows      the command shows what to change, and changes nothing
#   instead    nothing for Terraform; with the AWS CLI:
#   aws cloudwatch describe-alarms --region eu-west-1 --alarm-names feed-posts-latency \
#     --query 'MetricAlarms[].[MetricName,Dimensions]'

# === table feed-posts, eu-west-1, account 111122223333 ===

# consumer-healthy, high: A consumer is enabled and its last attempt went well
#   found      consumer feed-search of feed-posts: Disabled, last result is No records processed
#   note       Where the last result is a problem, mend what it names first: the function's errors,
#              its role's permissions on the stream, or a mapping whose stream no longer exists.
#   instead    nothing for Terraform; with the AWS CLI:
#   aws lambda update-event-source-mapping --region eu-west-1 \
#     --uuid b70d98db-3cb8-59ee-8d96-ff988e0dd769 --enabled

# dead-letter-depth-alarm, high: A message in a consumer's failure queue raises an alarm that
# reaches someone
#   found      failure queue feed-fanout-failed of feed-fanout: no working alarm on its depth or age
#   fill in    TOPIC_ARN
#   instead    nothing for Terraform; with the AWS CLI:
#   aws cloudwatch put-metric-alarm --region eu-west-1 --alarm-name feed-fanout-failed-depth \
#     --namespace AWS/SQS --metric-name ApproximateNumberOfMessagesVisible \
#     --dimensions Name=QueueName,Value=feed-fanout-failed --statistic Maximum --period 60 \
#     --evaluation-periods 1 --threshold 0 --comparison-operator GreaterThanThreshold \
#     --alarm-actions TOPIC_ARN

# hot-partition-evidence, high: No partition is asked for more than a partition gives
#   found      feed-posts/writes: one partition was short, not the whole: 2700 by one partition
#   to do      Find the keys with CloudWatch Contributor Insights for DynamoDB, then spread them:
#              more distinct values, a suffix that shards writes, a cache before hot reads.

# index-write-throttle-alarm, high: Throttled writes of every index raise an alarm that reaches
# someone
#   found      index GSI1 of feed-posts: no working alarm on throttled writes
#   fill in    TOPIC_ARN
#   instead    nothing for Terraform; with the AWS CLI:
#   aws cloudwatch put-metric-alarm --region eu-west-1 \
#     --alarm-name feed-posts-GSI1-write-throttle-alarm --namespace AWS/DynamoDB \
#     --metric-name WriteThrottleEvents \
#     --dimensions Name=TableName,Value=feed-posts Name=GlobalSecondaryIndexName,Value=GSI1 \
#     --statistic Sum --period 60 --evaluation-periods 5 --datapoints-to-alarm 3 --threshold 0 \
#     --comparison-operator GreaterThanThreshold --alarm-actions TOPIC_ARN

# recent-throttles, high: Hardly anything was throttled of late
#   found      feed-posts/writes: 2700 throttle events, 2700 by one partition
#   to do      By one partition: spread the key. By provisioned capacity: raise it, or the bounds of
#              auto scaling. By the on-demand maximum: raise that. By an account quota: ask Service
#              Quotas for more.

# latency-alarm, medium: Slow requests raise an alarm that reaches someone
#   found      feed-posts: no working alarm on the latency of an operation
#   fill in    MILLISECONDS, TOPIC_ARN
#   instead    nothing for Terraform; with the AWS CLI:
#   aws cloudwatch put-metric-alarm --region eu-west-1 --alarm-name feed-posts-latency \
#     --namespace AWS/DynamoDB --metric-name SuccessfulRequestLatency \
#     --dimensions Name=TableName,Value=feed-posts Name=Operation,Value=Query \
#     --extended-statistic p99 --period 60 --evaluation-periods 10 --threshold MILLISECONDS \
#     --comparison-operator GreaterThanThreshold --alarm-actions TOPIC_ARN

# === table shop-orders, eu-west-1, account 111122223333 ===

# alarm-threshold-reachable, high: An alarm on consumed capacity can reach its threshold
#   found      alarm shop-orders-consumed-writes: threshold 120,000 is above the highest sum, 72,000
#   shows      the command shows what to change, and changes nothing
#   note       Put the alarm again with its own settings and a threshold of 0.8 times units a second
#              times period, or let metric math compare consumed with provisioned capacity:
#              m1/PERIOD(m1)/m2*100.
#   instead    nothing for Terraform; with the AWS CLI:
#   aws cloudwatch describe-alarms --region eu-west-1 --alarm-names shop-orders-consumed-writes \
#     --query 'MetricAlarms[0]'

# copies-arrive, high: Copies of backups arrive
#   found      shop-orders: no copy in eu-central-1 lately, wanted one in 1 day
#   shows      the command shows what to change, and changes nothing
#   note       The status message of the last failed copy job names the role, key or vault policy
#              that refused it.
#   instead    nothing for Terraform; with the AWS CLI:
#   aws backup list-copy-jobs --region eu-west-1 \
#     --by-resource-arn arn:aws:dynamodb:eu-west-1:111122223333:table/shop-orders \
#     --by-destination-vault-arn \
#     arn:aws:backup:eu-central-1:111122223333:backup-vault:prod-vault-copy

# policy-trusted-accounts, high: The table's policy lets in only accounts that are trusted
#   found      shop-orders: its policy lets in undeclared accounts, by Shared
#   goes into  a resource of its own
resource "aws_dynamodb_resource_policy" "shop-orders" {
  resource_arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/shop-orders"
  policy       = data.aws_iam_policy_document.this.json # names its principals
}

# scaling-alarms-alive, high: The alarms that auto scaling lives on are there and may act
#   found      table/shop-orders reads: an alarm that auto scaling needs is gone or may not act
#   to do      Delete the scaling policy and put it again: auto scaling makes its alarms anew.
#              Switched-off ones: aws cloudwatch enable-alarm-actions.

# unused-index, low: Every index is read
#   found      index GSI2 of shop-orders: nothing was read from it in the window
#   to do      Ask who made it and for what. Then delete it: aws dynamodb update-table,
#              GlobalSecondaryIndexUpdates, Delete.

# === topic team-mail, eu-west-1, account 111122223333 ===

# alarm-topic-confirmed, high: Every topic that alarms notify has a confirmed subscriber
#   found      topic team-mail: no confirmed subscriber; alarms that notify it: 30
#   fill in    ADDRESS
#   instead    nothing for Terraform; with the AWS CLI:
#   aws sns subscribe --region eu-west-1 --topic-arn arn:aws:sns:eu-west-1:111122223333:team-mail \
#     --protocol email --notification-endpoint ADDRESS

# alarm-topic-deliverable, high: CloudWatch can publish to every topic that alarms notify
#   found      topic team-mail: drops what CloudWatch sends; alarms that notify it: 30
#   note       Let cloudwatch.amazonaws.com do sns:Publish in the policy of the topic; for an
#              encrypted topic use a customer's key whose policy lets cloudwatch.amazonaws.com do
#              kms:Decrypt and kms:GenerateDataKey*.
#   fill in    KEY
#   instead    nothing for Terraform; with the AWS CLI:
#   aws sns set-topic-attributes --region eu-west-1 \
#     --topic-arn arn:aws:sns:eu-west-1:111122223333:team-mail --attribute-name KmsMasterKeyId \
#     --attribute-value KEY

# === vault prod-vault, eu-west-1, account 111122223333 ===

# backup-failure-notified, high: Somebody hears of backup jobs that fail
#   found      vault prod-vault: nobody hears of backup jobs that fail
#   goes into  a resource of its own
resource "aws_backup_vault_notifications" "prod-vault" {
  backup_vault_name   = "prod-vault"
  sns_topic_arn       = aws_sns_topic.pager.arn
  backup_vault_events = ["BACKUP_JOB_COMPLETED"]
}

# === principal role/shop-orders-api, account 111122223333, all regions ===

# no-service-wildcard, high: No principal but named ones holds every DynamoDB action
#   found      role shop-orders-api: holds dynamodb:* or the like, by added-later (statement 1)
#   to do      Replace the wildcard in the policy of shop-orders-api by the actions it calls, or
#              name it in the parameter admins.

# To fill in:
#   ADDRESS       alarm-topic-confirmed
#   KEY           alarm-topic-deliverable
#   MILLISECONDS  latency-alarm
#   TOPIC_ARN     dead-letter-depth-alarm, index-write-throttle-alarm, latency-alarm

# 4 results could not be told, so there is nothing to repair of them yet:
#   missing permission                  rules it blinds
#   dynamodb:DescribeContinuousBackups  pitr-fresh, pitr-history, pitr-on, pitr-window
#                                       (for feed-follows)

# dynalint 0.1.0, facts of 2026-11-23 00:38Z. 21 repairs of 21 rules on 8 resources: 13 for
# Terraform, 4 for the AWS CLI alone, 10 to fill in, 2 cannot be taken back, 4 in words alone.
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
#   note       Billed by the GB of the table and its local indexes, each month.
#   goes into  the resource of table "shop-sessions"
point_in_time_recovery {
  enabled = true
}

# table-key-usable, critical: The KMS keys of a table and its replicas can be used
#   found      shop-sessions: key unusable, PendingDeletion:
#              arn:aws:kms:eu-west-1:111122223333:key/bca71399-8d21-55ba-b9bb-910826801258
#   note       The first line is for a key that waits for its deletion alone; for another it fails
#              and does nothing, and the second goes on. A key that is gone cannot be brought back.
#   goes into  the resource of key
#              "arn:aws:kms:eu-west-1:111122223333:key/bca71399-8d21-55ba-b9bb-910826801258"
# in the aws_kms_key
is_enabled = true

# === alarm feed-posts-latency, eu-west-1, account 111122223333 ===

# alarm-dimensions-real, high: Every alarm on DynamoDB watches dimensions under which its metric is
# published
#   found      alarm feed-posts-latency: nothing is published under its dimensions
#   note       Between the two commands edit alarm.json: give it the dimensions under which its
#              metric is published: TABLE and, for latency, system errors and throttled requests, an
#              OPERATION such as Query. The second replaces the whole alarm and takes settings
#              alone, so take out AlarmArn, what begins with State, and every line with a time.
#   fill in    OPERATION, TABLE
#   goes into  the resource of alarm "feed-posts-latency"
# in the aws_cloudwatch_metric_alarm
dimensions = {
  TableName = "TABLE"
  Operation = "OPERATION" # where the metric is told by operation
}

# === table feed-posts, eu-west-1, account 111122223333 ===

# consumer-healthy, high: A consumer is enabled and its last attempt went well
#   found      consumer feed-search of feed-posts: Disabled, last result is No records processed
#   note       Where the last result is a problem, mend what it names first: the function's errors,
#              its role's permissions on the stream, or a mapping whose stream no longer exists.
#   goes into  the resource of consumer "feed-search"
# in the aws_lambda_event_source_mapping
enabled = true

# dead-letter-depth-alarm, high: A message in a consumer's failure queue raises an alarm that
# reaches someone
#   found      failure queue feed-fanout-failed of feed-fanout: no working alarm on its depth or age
#   note       TOPIC_ARN is an SNS topic that reaches whoever is on call. Alarms are billed by the
#              month.
#   fill in    TOPIC_ARN
#   goes into  a resource of its own
resource "aws_cloudwatch_metric_alarm" "failure_queue_depth" {
  alarm_name          = "dynalint-feed-fanout-failed-depth"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = ["TOPIC_ARN"]
  dimensions = {
    QueueName = "feed-fanout-failed"
  }
}

# hot-partition-evidence, high: No partition is asked for more than a partition gives
#   found      feed-posts/writes: one partition was short, not the whole: 2700 by one partition
#   to do      Find the keys with CloudWatch Contributor Insights for DynamoDB, then spread them:
#              more distinct values, a suffix that shards writes, a cache before hot reads.

# index-write-throttle-alarm, high: Throttled writes of every index raise an alarm that reaches
# someone
#   found      index GSI1 of feed-posts: no working alarm on throttled writes
#   note       TOPIC_ARN is an SNS topic that reaches whoever is on call. Alarms are billed by the
#              month.
#   fill in    TOPIC_ARN
#   goes into  a resource of its own
resource "aws_cloudwatch_metric_alarm" "index_write_throttles" {
  alarm_name          = "dynalint-feed-posts-GSI1-write-throttle-alarm"
  namespace           = "AWS/DynamoDB"
  metric_name         = "WriteThrottleEvents"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = ["TOPIC_ARN"]
  dimensions = {
    TableName                = "feed-posts"
    GlobalSecondaryIndexName = "GSI1"
  }
}

# recent-throttles, high: Hardly anything was throttled of late
#   found      feed-posts/writes: 2700 throttle events, 2700 by one partition
#   to do      By one partition: spread the key. By provisioned capacity: raise it, or the bounds of
#              auto scaling. By the on-demand maximum: raise that. By an account quota: ask Service
#              Quotas for more.

# latency-alarm, medium: Slow requests raise an alarm that reaches someone
#   found      feed-posts: no working alarm on the latency of an operation
#   note       MILLISECONDS is what callers can still bear. Query is one operation of several: take
#              the one that they wait for. TOPIC_ARN is an SNS topic that reaches whoever is on
#              call. Alarms are billed by the month.
#   fill in    MILLISECONDS, TOPIC_ARN
#   goes into  a resource of its own
resource "aws_cloudwatch_metric_alarm" "latency" {
  alarm_name          = "dynalint-feed-posts-latency"
  namespace           = "AWS/DynamoDB"
  metric_name         = "SuccessfulRequestLatency"
  extended_statistic  = "p99"
  period              = 60
  evaluation_periods  = 10
  threshold           = MILLISECONDS
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = ["TOPIC_ARN"]
  dimensions = {
    TableName = "feed-posts"
    Operation = "Query"
  }
}

# === table shop-orders, eu-west-1, account 111122223333 ===

# alarm-threshold-reachable, high: An alarm on consumed capacity can reach its threshold
#   found      alarm shop-orders-consumed-writes: threshold 120,000 is above the highest sum, 72,000
#   note       Between the two commands edit alarm.json: THRESHOLD is 0.8 times units a second times
#              the period, or compare consumed with provisioned capacity in metric math:
#              m1/PERIOD(m1)/m2*100. The second replaces the whole alarm and takes settings alone,
#              so take out AlarmArn, what begins with State, and every line with a time.
#   fill in    THRESHOLD
#   goes into  the resource of alarm "shop-orders-consumed-writes"
# in the aws_cloudwatch_metric_alarm
threshold = THRESHOLD

# copies-arrive, high: Copies of backups arrive
#   found      shop-orders: no copy in eu-central-1 lately, wanted one in 1 day
#   note       The status message of the last failed copy job names the role, key or vault policy
#              that refused it. Mend that, then copy the newest RECOVERY_POINT_ARN of the VAULT
#              once, with the ROLE_ARN of the plan. The next run of the plan does as well.
#   fill in    RECOVERY_POINT_ARN, ROLE_ARN, VAULT
#   instead    nothing for Terraform; with the AWS CLI:
#   aws backup list-copy-jobs --region eu-west-1 \
#     --by-resource-arn arn:aws:dynamodb:eu-west-1:111122223333:table/shop-orders \
#     --by-destination-vault-arn \
#     arn:aws:backup:eu-central-1:111122223333:backup-vault:prod-vault-copy
#   aws backup start-copy-job --region eu-west-1 --recovery-point-arn RECOVERY_POINT_ARN \
#     --source-backup-vault-name VAULT --destination-backup-vault-arn \
#     arn:aws:backup:eu-central-1:111122223333:backup-vault:prod-vault-copy \
#     --iam-role-arn ROLE_ARN

# policy-trusted-accounts, high: The table's policy lets in only accounts that are trusted
#   found      shop-orders: its policy lets in undeclared accounts, by Shared
#   note       Between the two commands edit policy.json: take out the accounts and organizations
#              that are not trusted, or declare them in dynalint.yaml. In a template PRINCIPAL_ARN
#              is who needs it. The new policy replaces the old one at once, and who is not in it is
#              shut out.
#   fill in    PRINCIPAL_ARN
#   goes into  a resource of its own
resource "aws_dynamodb_resource_policy" "shop-orders" {
  resource_arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/shop-orders"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "PRINCIPAL_ARN" }
      Action    = ["dynamodb:GetItem", "dynamodb:Query"]
      Resource  = "arn:aws:dynamodb:eu-west-1:111122223333:table/shop-orders"
    }]
  })
}

# unused-index, low: Every index is read
#   found      index GSI2 of shop-orders: nothing was read from it in the window
#   note       Ask first who made it and for what: a query of it fails at once, and building it
#              again is billed by the item. In a template take its block out.
#   for good   it deletes
#   instead    nothing for Terraform; with the AWS CLI:
#   aws dynamodb update-table --region eu-west-1 --table-name shop-orders \
#     --global-secondary-index-updates Delete={IndexName=GSI2}

# scaling-alarms-alive, high: The alarms that auto scaling lives on are there and may act
#   found      table/shop-orders reads: an alarm that auto scaling needs is gone or may not act
#   note       POLICY is the policy that the target has: without it nothing scales until the second
#              command, which makes the alarms anew. METRIC is DynamoDBReadCapacityUtilization for
#              reads, DynamoDBWriteCapacityUtilization for writes. Where alarms are only switched
#              off: aws cloudwatch enable-alarm-actions.
#   for good   it deletes
#   fill in    METRIC, POLICY
#   instead    nothing for Terraform; with the AWS CLI:
#   aws application-autoscaling delete-scaling-policy --region eu-west-1 \
#     --service-namespace dynamodb --resource-id table/shop-orders \
#     --scalable-dimension dynamodb:table:ReadCapacityUnits --policy-name POLICY
#   aws application-autoscaling put-scaling-policy --region eu-west-1 --service-namespace dynamodb \
#     --resource-id table/shop-orders --scalable-dimension dynamodb:table:ReadCapacityUnits \
#     --policy-name POLICY --policy-type TargetTrackingScaling \
#     --target-tracking-scaling-policy-configuration \
#     TargetValue=70,PredefinedMetricSpecification={PredefinedMetricType=METRIC}

# === topic team-mail, eu-west-1, account 111122223333 ===

# alarm-topic-confirmed, high: Every topic that alarms notify has a confirmed subscriber
#   found      topic team-mail: no confirmed subscriber; alarms that notify it: 30
#   note       PROTOCOL is https, sms, email, lambda or sqs, and ENDPOINT the address. An e-mail
#              address or a URL hears nothing until it has confirmed.
#   fill in    ENDPOINT, PROTOCOL
#   goes into  a resource of its own
resource "aws_sns_topic_subscription" "on_call" {
  topic_arn = "arn:aws:sns:eu-west-1:111122223333:team-mail"
  protocol  = "PROTOCOL"
  endpoint  = "ENDPOINT"
}

# alarm-topic-deliverable, high: CloudWatch can publish to every topic that alarms notify
#   found      topic team-mail: drops what CloudWatch sends; alarms that notify it: 30
#   note       Between the first two commands add a statement to policy.json:
#              cloudwatch.amazonaws.com may do sns:Publish; the second replaces the whole policy.
#              The third is for an encrypted topic alone: KEY_ID is a customer's key whose policy
#              lets cloudwatch.amazonaws.com do kms:Decrypt and kms:GenerateDataKey*. Where the key
#              is what fails, a statement in the policy of the topic does not help: change the
#              policy of the key, or the kms_master_key_id (KmsMasterKeyId) of the topic in its
#              template.
#   goes into  the resource of topic "team-mail"
# in the aws_sns_topic_policy
# add it to the Statement list of the topic's own policy
policy = jsonencode({
  Version = "2012-10-17"
  Statement = [{
    Effect    = "Allow"
    Principal = { Service = "cloudwatch.amazonaws.com" }
    Action    = "sns:Publish"
    Resource  = "arn:aws:sns:eu-west-1:111122223333:team-mail"
  }]
})

# === vault prod-vault, eu-west-1, account 111122223333 ===

# backup-failure-notified, high: Somebody hears of backup jobs that fail
#   found      vault prod-vault: nobody hears of backup jobs that fail
#   note       TOPIC_ARN is a topic whose policy lets backup.amazonaws.com do sns:Publish and that
#              reaches someone. It replaces the notifications that the vault has.
#   fill in    TOPIC_ARN
#   goes into  a resource of its own
resource "aws_backup_vault_notifications" "failures" {
  backup_vault_name   = "prod-vault"
  sns_topic_arn       = "TOPIC_ARN"
  backup_vault_events = ["BACKUP_JOB_COMPLETED"]
}

# === principal role/shop-orders-api, account 111122223333, all regions ===

# no-service-wildcard, high: No principal but named ones holds every DynamoDB action
#   found      role shop-orders-api: holds dynamodb:* or the like, by added-later (statement 1)
#   to do      Replace the wildcard in the policy of shop-orders-api by the actions it calls, or
#              name it in the parameter admins.

# To fill in:
#   ENDPOINT            alarm-topic-confirmed
#   METRIC              scaling-alarms-alive
#   MILLISECONDS        latency-alarm
#   OPERATION           alarm-dimensions-real
#   POLICY              scaling-alarms-alive
#   PRINCIPAL_ARN       policy-trusted-accounts
#   PROTOCOL            alarm-topic-confirmed
#   RECOVERY_POINT_ARN  copies-arrive
#   ROLE_ARN            copies-arrive
#   TABLE               alarm-dimensions-real
#   THRESHOLD           alarm-threshold-reachable
#   TOPIC_ARN           backup-failure-notified, dead-letter-depth-alarm,
#                       index-write-throttle-alarm, latency-alarm
#   VAULT               copies-arrive

# 4 results could not be told, so there is nothing to repair of them yet:
#   missing permission                  rules it blinds
#   dynamodb:DescribeContinuousBackups  pitr-fresh, pitr-history, pitr-on, pitr-window
#                                       (for feed-follows)

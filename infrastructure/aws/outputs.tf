# Read by ../cloudflare through the state, and by ../pipeline.

output "domain_name" {
  description = "Public domain name."
  value       = var.domain_name
}

output "base_url" {
  description = "Public address of the deployment; with subdomains, that of the default tenant."
  value       = "https://${var.domain_name}"
}

output "public_names" {
  description = "Names that the deployment is reached by; with subdomains, the wildcard of the tenants too."
  value       = local.domain_names
}

output "certificate_validation_records" {
  description = "DNS records that prove the domain to ACM."
  value       = module.certificate.validation_records
}

output "gateway_targets" {
  description = "Host of API Gateway for each public name; empty before the first release."
  value       = { for name, domain in module.gateway_domain : name => domain.target_domain_name }
}

output "task_definition_arn" {
  description = "Task definition that the ECS service should run; null on Lambda."
  value       = local.on_ecs ? aws_ecs_task_definition.app[0].arn : null
}

output "image_tag" {
  description = "Tag of the image that was applied last."
  value       = var.image_tag
}

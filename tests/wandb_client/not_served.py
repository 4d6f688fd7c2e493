"""What the client can ask for and besom deliberately does not have, with the reason, by operation."""

from __future__ import annotations

_REASONS = {
    "Registry: collections that an organisation shares between its projects": """
        CreateRegistryMembers DeleteRegistry DeleteRegistryMembers FetchAdvancedRegistryFeatures FetchLinkedArtifacts
        FetchOrgEntityFromEntity FetchOrgInfoFromEntity FetchOrganization FetchRegistries FetchRegistry LinkArtifact
        RegistryCollections RegistryTeamMembers RegistryUserMembers RegistryVersions RenameRegistry UnlinkArtifact
        UpdateTeamRegistryRole UpdateUserRegistryRole UpsertRegistry DeleteArtifactPortfolio UpdateArtifactPortfolio
        """,
    "Automations: actions that the server takes when something happens": """
        CreateAutomation CreateGenericWebhookIntegration DeleteAutomation GetAutomationsLegacy GetEntityAutomations
        GetEntityAutomationsLegacy GetOrgAutomations IntegrationsByEntity UpdateAutomation
        """,
    "Launch: queues of jobs; besom's agents take their work from sweeps": """
        CreateDefaultResourceConfig CreateRunQueue DeleteFromRunQueue DeleteRunQueue GetDefaultResourceConfig
        GetRunQueueItem GetRunQueueItems GetRunQueueMetadata UpsertRunQueue fetchRunQueuesFromProject
        """,
    "Users, teams and keys are made with besom's own commands": """
        CreateInvite CreateServiceAccount CreateTeam CreateUserFromAdmin DeleteApiKey DeleteInvite GenerateApiKey
        """,
    "Asked for only where the server says that it has the feature, and besom does not": """
        FetchArtifactDigestAlgorithm OrgFeatureFlags XXHashDigestsEnabled
        """,
    "A collection of artifacts is all versions of a name, and has nothing of its own that could be changed": """
        AddArtifactCollectionTags DeleteArtifactCollectionTags DeleteArtifactSequence UpdateArtifactSequence
        UpdateArtifactSequenceType
        """,
    "Files go in one piece, of whatever size": "CompleteMultipartUploadArtifact",
    "Charts described in a language of W&B's page": "CreateCustomChart",
}

NOT_SERVED = {name: reason for reason, names in _REASONS.items() for name in names.split()}

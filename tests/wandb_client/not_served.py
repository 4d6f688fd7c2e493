"""What the client can ask for and besom deliberately does not have, with the reason: fields, arguments and types.

A document that asks for nothing that besom has is refused as a whole: of it only the fields are named that say so.
"""

from __future__ import annotations

_REASONS = {
    "Registry: collections that an organisation shares between its projects": """
        Query.organization Organization.name Organization.orgEntity Entity.user Entity.project
        Mutation.linkArtifact Mutation.unlinkArtifact
        Mutation.deleteModel Mutation.renameProject Project.updatedAt Project.artifactTypes(includeAll:)
        Project.allowAllArtifactTypesInRegistry Mutation.deleteArtifactPortfolio Mutation.updateArtifactPortfolio
        Mutation.createProjectMembers Mutation.deleteProjectMembers Mutation.updateProjectMember
        Mutation.updateProjectTeamMember Project.members Project.teamMembers
        """,
    "Automations: actions that the server takes when something happens": """
        Mutation.createFilterTrigger Mutation.updateFilterTrigger Mutation.deleteTrigger
        Mutation.createGenericWebhookIntegration Entity.integrations Entity.triggers Entity.projects User.projects
        """,
    "Launch: queues of jobs; besom's agents take their work from sweeps": """
        Project.runQueue Mutation.createRunQueue Mutation.upsertRunQueue Mutation.deleteRunQueues
        Mutation.deleteFromRunQueue Mutation.createDefaultResourceConfig Entity.defaultResourceConfig
        """,
    "Users, teams and keys are made with besom's own commands": """
        Mutation.createUser Mutation.createTeam Mutation.createServiceAccount Mutation.createInvite
        Mutation.deleteInvite Mutation.generateApiKey Mutation.deleteApiKey
        """,
    "Asked for only where the server says that it has the feature, and besom does not": """
        ArtifactSequence.digestAlgorithm Entity.xxhashDigestsEnabled
        """,
    "Charts described in a language of W&B's page": "Mutation.createCustomChart",
}

NOT_SERVED = {name: reason for reason, names in _REASONS.items() for name in names.split()}
